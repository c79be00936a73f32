"""Numbers with what they count, as the command line says them."""


def counted(number: int, thing: str) -> str:
    """ "1 record", "2 records", "0 records"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
