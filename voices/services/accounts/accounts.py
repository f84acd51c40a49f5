"""Accounts: opened, taken into use, proved to be somebody's."""

from django.contrib.auth.models import User
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from voices.errors import BadInput, Conflict
from voices.models import Account, ApiKey
from voices.services.jobs.rates import HOUR_SECONDS, Rate, rate_forget, rate_take, rates_take

CONFIRM_SALT = "voices.email"
CONFIRM_SECONDS = 7 * 24 * 3600
GUESSES_SECONDS = 15 * 60
# what: (most, seconds); a pair of account and address is forgotten after a right password
SIGN_IN_RATES = {
    "sign-in pair": (10, GUESSES_SECONDS),
    "sign-in account": (100, HOUR_SECONDS),
    "sign-in address": (200, HOUR_SECONDS),
}
SIGN_UPS_PER_HOUR = 30  # of one address
MAILS_PER_HOUR = 5  # to one mailbox
MAIL_WISHES_PER_HOUR = 30  # of one address


def account_create(*, email: str, password: str) -> User:
    """A user who signs in with this e-mail, in any case of its letters.

    Raises:
        Conflict: `email_taken`.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(email_key(email), email=email, password=password)
            Account.objects.create(user=user)
    except IntegrityError as error:
        raise Conflict(
            "email_taken",
            "there is an account with this e-mail already: sign in, or ask for a new password",
            "аккаунт с этой почтой уже есть: войдите или запросите новый пароль",
        ) from error
    return user


def email_key(email: str) -> str:
    """The user name of an e-mail's owner; names without @ (an operator's) are left alone."""
    return email.strip().lower() if "@" in email else email.strip()


def confirmation_token(*, user: User) -> str:
    """Proof for a mail that whoever opens its link reads this mailbox."""
    return signing.dumps([user.pk, user.email], salt=CONFIRM_SALT)


def email_confirm(*, token: str) -> User:
    """Raises BadInput: `bad_confirmation`, the link is forged, old, or of another e-mail."""
    try:
        user_id, email = signing.loads(token, salt=CONFIRM_SALT, max_age=CONFIRM_SECONDS)
    except signing.BadSignature as error:
        raise _bad_confirmation() from error
    user = User.objects.filter(pk=user_id, email=email, is_active=True).first()
    if user is None:
        raise _bad_confirmation()
    _mark_confirmed(user)
    return user


@transaction.atomic
def password_was_reset(*, user: User) -> None:
    """A new password came through the mailbox, which proves it.

    If nobody had proved it before, the account may have been opened by a stranger with this person's
    e-mail: the keys that the stranger may hold are revoked. (Django ends the sessions itself.)
    """
    if not Account.objects.filter(user=user, email_confirmed_at__isnull=False).exists():
        living = ApiKey.objects.filter(user=user, revoked_at=None)
        living.update(revoked_at=timezone.now())
    _mark_confirmed(user)


def _mark_confirmed(user: User) -> None:
    account, _ = Account.objects.get_or_create(user=user)
    if account.email_confirmed_at is None:
        account.email_confirmed_at = timezone.now()
        account.save(update_fields=["email_confirmed_at"])


def sign_in_attempt(*, name: str, address: str) -> int | None:
    """Count a try with a password. Returns None, or the seconds to wait when it may not be made."""
    tried = _tried(name, address)
    return rates_take(
        Rate(what=what, who=tried[what], allowed=allowed, seconds=seconds)
        for what, (allowed, seconds) in SIGN_IN_RATES.items()
    )


def sign_in_succeeded(*, name: str, address: str) -> None:
    """The right password clears the count of this account from this address."""
    rate_forget(what="sign-in pair", who=_tried(name, address)["sign-in pair"])


def sign_up_attempt(*, address: str) -> int | None:
    """As `sign_in_attempt`, for new accounts."""
    return rate_take(what="sign-up", who=address, allowed=SIGN_UPS_PER_HOUR, seconds=HOUR_SECONDS)


def mail_wish_attempt(*, address: str) -> int | None:
    """As `sign_in_attempt`, for mails asked for from an address."""
    return rate_take(
        what="mail wish", who=address, allowed=MAIL_WISHES_PER_HOUR, seconds=HOUR_SECONDS
    )


def mail_allowed(*, email: str) -> bool:
    """Whether this mailbox has not had enough of our mails for now; counts one."""
    return None is rate_take(
        what="mail", who=email_key(email), allowed=MAILS_PER_HOUR, seconds=HOUR_SECONDS
    )


def _tried(name: str, address: str) -> dict[str, str]:
    account = email_key(name).lower()
    return {
        "sign-in pair": f"{account} {address}",
        "sign-in account": account,
        "sign-in address": address,
    }


def _bad_confirmation() -> BadInput:
    return BadInput(
        "bad_confirmation",
        "this link does not work any more; ask for a new one on the account page",
        "эта ссылка больше не действует; запросите новую на странице аккаунта",
    )
