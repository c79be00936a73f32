"""What an operator can set, from environment variables that start with AWARD_ or from a file `.env`."""

import sys
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """All settings; the README's table is kept true to it by a test."""

    model_config = SettingsConfigDict(env_prefix="AWARD_", env_file=".env", extra="ignore")

    directory: Path = Field(ROOT / "var", description="where the SQLite database, files and generated fonts are kept")
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the directory")
    base_url: str = Field("http://127.0.0.1:8000", description="how people reach the site; used in mails and QR codes")
    allowed_hosts: str = Field("127.0.0.1,localhost", description="comma-separated host names that are answered")
    development: bool = Field(False, description="shows the style guide at /styleguide")
    secure_cookies: bool = Field(False, description="set behind HTTPS: cookies are then sent over HTTPS only")
    smtp_host: str = Field("", description="mail server; empty means messages are written to the directory outbox/")
    smtp_port: int = Field(587, description="port of the mail server")
    smtp_user: str = Field("", description="account on the mail server")
    smtp_password: str = Field("", description="its password")
    smtp_starttls: bool = Field(True, description="encrypt the connection to the mail server")
    mail_from: str = Field("award-office@localhost", description="sender of mails")
    proxies: str = Field("127.0.0.1", description="addresses of proxies whose X-Forwarded-… headers are believed")
    log_format: Literal["auto", "json", "text"] = Field("auto", description="`json`, `text`, or `auto`: text on a terminal")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least level that is logged")
    threads: int = Field(20, description="requests answered at once by one process; the database pool is as large")
    body_mib: int = Field(64, description="largest request body in MiB")
    render_seconds: int = Field(60, description="a document that takes longer is given up")
    render_mib: int = Field(1536, description="memory a rendering process may use, in MiB")
    fonts_directory: Path | None = Field(None, description="an office's own fonts, preferred over the ones shipped")

    @property
    def database(self) -> str:
        """The URL in force."""
        return self.database_url or f"sqlite:///{self.directory / 'award.sqlite3'}"


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once. Where one cannot be read, says which and ends the process with 2."""
    try:
        return Settings()
    except ValidationError as error:
        faults = [_fault(str(one["loc"][0]), one["input"]) for one in error.errors()]
        sys.stderr.write("\n".join(faults) + "\n")
        raise SystemExit(2) from None


def _fault(name: str, value: object) -> str:
    """Which setting is wrong, how, and what it takes."""
    field = Settings.model_fields[name]
    choices = [str(one) for one in get_args(field.annotation) if isinstance(one, str)]
    kinds: dict[object, str] = {bool: "true or false", int: "a whole number"}
    takes = ", ".join(choices) or kinds.get(field.annotation, "a path")
    fault = f"is {value!r}" if value else "is empty"
    default = str(field.default).lower() if field.annotation is bool else field.default
    remedy = f"Correct it in the environment or in .env, or remove it: then it is {default}."
    return f"AWARD_{name.upper()} {fault}; it takes {takes}. {remedy}"
