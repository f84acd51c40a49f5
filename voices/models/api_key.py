"""Keys for programs: the secret is shown once and only its hash is kept."""

from django.conf import settings
from django.db import models


class Scope(models.TextChoices):
    """read: see and download; speak: make jobs; voices: make and change them; account: keys."""

    READ = "read"
    SPEAK = "speak"
    VOICES = "voices"
    ACCOUNT = "account"


def all_scopes() -> list[str]:
    return [str(scope) for scope in Scope]


class ApiKey(models.Model):
    """`prefix` finds the row, `digest` (sha256 of the whole key) proves the key."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=all_scopes)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
