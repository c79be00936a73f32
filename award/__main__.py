"""`python -m award WORD`, which is what `./run WORD` calls."""

from award.commands import app

if __name__ == "__main__":
    app()
