"""`python -m award WORD`, which is what `./run WORD` calls."""

import os

from award.commands import app

if __name__ == "__main__":
    # Databases, files and letters are nobody else's to read on the machine.
    os.umask(0o077)
    # Usage is told with the words people type.
    app(prog_name="./run")
