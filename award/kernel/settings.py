"""What an operator can set, from environment variables that start with AWARD_ or from a file `.env`."""

import re
import sys
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "AWARD_"
SQLITE = r"sqlite:///.+"
POSTGRESQL = r"postgresql\+psycopg://([^@/]*@)?(\[[^]]*\]|[^@/:]*)(:\d+)?/[^@/?]+(\?.*)?"
"""As SQLAlchemy reads it, but for an @ or / in a password, which would be read as something else."""
HIDDEN = ("database_url",)
TAKES = {
    "database_url": "postgresql+psycopg://USER@HOST/DATABASE (the password in AWARD_DATABASE_PASSWORD) or sqlite:////PATH",
    "base_url": "an address that begins with http:// or https://",
    "allowed_hosts": "host names without https:// and without port, with commas between, such as award.example.cn",
    "fonts_directory": "a folder that exists",
}
"""What settings take whose type does not say it."""


def _whole(default: int, least: int, most: int, about: str) -> Any:
    return Field(default, ge=least, le=most, description=f"{about}; {least} to {most}")


class Settings(BaseSettings):
    """All settings; the README's table is kept true to it by a test."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore")

    directory: Path = Field(ROOT / "var", description="where the SQLite database and files are kept")
    database_url: str = Field(
        "", description="`postgresql+psycopg://USER@HOST/DATABASE` or `sqlite:////PATH`; empty means SQLite in the directory"
    )
    database_password: str = Field("", description="password of the database, any characters; used where the URL has none")
    base_url: str = Field("http://127.0.0.1:8000", description="how people reach the site; used in mails and QR codes")
    allowed_hosts: str = Field(
        "127.0.0.1,localhost", description="comma-separated host names that are answered, at least one"
    )
    development: bool = Field(False, description="shows the style guide at /styleguide")
    secure_cookies: bool = Field(False, description="set behind HTTPS: cookies are then sent over HTTPS only")
    smtp_host: str = Field("", description="mail server; empty means messages are written to the directory outbox/")
    smtp_port: int = _whole(587, 1, 65535, "port of the mail server")
    smtp_user: str = Field("", description="account on the mail server")
    smtp_password: str = Field("", description="its password")
    smtp_starttls: bool = Field(True, description="encrypt the connection to the mail server")
    mail_from: str = Field("award-office@localhost", description="sender of mails")
    proxies: str = Field("127.0.0.1", description="addresses of proxies whose X-Forwarded-… headers are believed")
    log_format: Literal["auto", "json", "text"] = Field("auto", description="`json`, `text`, or `auto`: text on a terminal")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least level that is logged")
    threads: int = _whole(20, 1, 200, "requests answered at once by one process; the database pool is as large")
    body_mib: int = _whole(64, 1, 4096, "largest request body in MiB")
    render_seconds: int = _whole(60, 1, 3600, "a document that takes longer is given up")
    render_mib: int = _whole(1536, 512, 65536, "memory a rendering process may use, in MiB")
    fonts_directory: Path | None = Field(None, description="an office's own fonts, preferred over the ones shipped")

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^/\s?#@]+(/[^\s?#]*)?", value):
            raise ValueError("no address")
        return value.rstrip("/")

    @field_validator("allowed_hosts")
    @classmethod
    def _hosts(cls, value: str) -> str:
        # As Starlette compares them: without scheme and port, a wildcard only before the first dot.
        if not all(re.fullmatch(r"\*|(\*\.)?[\w-]+(\.[\w-]+)*", one.strip()) for one in value.split(",")):
            raise ValueError("no host names")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not re.fullmatch(f"{SQLITE}|{POSTGRESQL}", value):
            raise ValueError("no database of ours")
        return value

    @field_validator("fonts_directory")
    @classmethod
    def _folder(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError("no folder")
        return value

    @property
    def database(self) -> str:
        """The URL in force, with the password."""
        if not self.database_url:
            return f"sqlite:///{self.directory / 'award.sqlite3'}"
        found = re.fullmatch(r"([^@:]+://[^@:/]+)(@.*)", self.database_url)
        if found and self.database_password:
            return f"{found[1]}:{quote(self.database_password, safe='')}{found[2]}"
        return self.database_url


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once. Where one is unknown or cannot be read, says which and ends the process with 2."""
    faults = [_unknown(name) for name in _given() if name not in Settings.model_fields]
    try:
        read = Settings()
    except ValidationError as error:
        faults += [_fault(str(one["loc"][0]), one["input"]) for one in error.errors()]
    if faults:
        sys.stderr.write("\n".join(faults) + "\n")
        raise SystemExit(2)
    return read


def default_of(name: str) -> str:
    """What a setting is where nobody sets it, as an operator would write it; "" where it is empty."""
    default = Settings.model_fields[name].default
    return str(default).lower() if isinstance(default, bool) else str(default or "")


def _given() -> list[str]:
    """Every name with our prefix, in the environment and in `.env`, as the settings are called here."""
    sources = (EnvSettingsSource(Settings).env_vars, DotEnvSettingsSource(Settings).env_vars)
    prefix = PREFIX.lower()
    return sorted({name.removeprefix(prefix) for source in sources for name in source if name.startswith(prefix)})


def _unknown(name: str) -> str:
    """A name nothing would read, and the one that may be meant."""
    near = get_close_matches(name, Settings.model_fields, n=1)
    meant = f"the nearest is {PREFIX}{near[0].upper()}" if near else "README.md lists them all"
    return f"{PREFIX}{name.upper()} is no setting; {meant}. Correct it in the environment or in .env, or remove it."


def _fault(name: str, value: object) -> str:
    """Which setting is wrong, how, and what it takes. A URL that may hold a password is not repeated."""
    fault = f"is {value!r}" if value else "is empty"
    fault = "cannot be used" if name in HIDDEN else fault
    remedy = f"Correct it in the environment or in .env, or remove it: then it is {default_of(name) or 'empty'}."
    return f"{PREFIX}{name.upper()} {fault}; it takes {_takes(name)}. {remedy}"


def _takes(name: str) -> str:
    field = Settings.model_fields[name]
    choices = [str(one) for one in get_args(field.annotation) if isinstance(one, str)]
    bounds = [getattr(one, side) for one in field.metadata for side in ("ge", "le") if hasattr(one, side)]
    if bounds:
        return f"a whole number from {bounds[0]} to {bounds[1]}"
    return ", ".join(choices) or TAKES.get(name, "true or false" if field.annotation is bool else "a path")
