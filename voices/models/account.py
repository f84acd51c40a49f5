"""What a user has beyond Django's own row, and what the operator allows them."""

from django.conf import settings
from django.db import models


class Account(models.Model):
    """`closing_since`: the person has left; what they made is being removed, then the user is.

    `webhook_generation` counts the signing secrets that the account has had before this one.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="account"
    )
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    closing_since = models.DateTimeField(null=True, blank=True)
    webhook_generation = models.PositiveIntegerField(default=0, editable=False)
    webhook_renewed_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return str(self.user)


class Quota(models.Model):
    """The operator's word for one user. Empty: the setting for accounts; 0: no limit."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="quota"
    )
    characters_per_day = models.PositiveBigIntegerField(null=True, blank=True)
    jobs_waiting = models.PositiveIntegerField(null=True, blank=True)
    voices = models.PositiveIntegerField(null=True, blank=True)
    storage_megabytes = models.PositiveIntegerField(null=True, blank=True)
    work_seconds_per_day = models.PositiveIntegerField(null=True, blank=True)
    dataset_hours = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.user)
