"""What can be done with people, their grants, invitations, passwords and sessions. Each function is one whole act."""

from award.accounts.service.addresses import ask_address, confirm_address
from award.accounts.service.first_start import accept_start_link, make_start_link
from award.accounts.service.grants import give_grant, revoke_grant
from award.accounts.service.invitations import accept_invitation, invite, join_by_invitation, send_invitation
from award.accounts.service.people import change_person, create_person, disable_person, enable_person, register
from award.accounts.service.resets import ask_reset, make_reset_link, reset_password
from award.accounts.service.sign_in import (
    SignedIn,
    change_password,
    end_session,
    end_sessions,
    set_password,
    sign_in,
    sign_out,
)
from award.accounts.service.tokens import make_token, revoke_token

__all__ = [
    "SignedIn",
    "accept_invitation",
    "accept_start_link",
    "ask_address",
    "ask_reset",
    "change_password",
    "change_person",
    "confirm_address",
    "create_person",
    "disable_person",
    "enable_person",
    "end_session",
    "end_sessions",
    "give_grant",
    "invite",
    "join_by_invitation",
    "make_reset_link",
    "make_start_link",
    "make_token",
    "register",
    "reset_password",
    "revoke_grant",
    "revoke_token",
    "send_invitation",
    "set_password",
    "sign_in",
    "sign_out",
]
