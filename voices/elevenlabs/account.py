"""GET /v1/models, /v1/user, /v1/user/subscription."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.auth import owner_of, user_of
from voices.elevenlabs.formats import MODELS
from voices.elevenlabs.views import ElevenLabsView
from voices.owner import Owner
from voices.selectors.quotas import limits_of, seconds_to_midnight, today, used_since, voices_owned

NO_LIMIT = 2**31 - 1  # their fields know no "without a limit"
NOTHING_OWED = {"amount": "0", "currency": "usd"}


class XiModelsApi(ElevenLabsView):
    """One model, under its own name and under those that ElevenLabs' clients send."""

    @extend_schema(operation_id="xi_models", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response([_model(model_id, name) for model_id, name in MODELS.items()])


class XiUserApi(ElevenLabsView):
    """Whose key it is."""

    @extend_schema(operation_id="xi_user", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        user = user_of(request)
        return Response(
            {
                "user_id": str(user.pk),
                "workspace_id": str(user.pk),
                "first_name": user.first_name,
                "created_at": int(user.date_joined.timestamp()),
                "seat_type": "workspace_admin",
                "is_new_user": False,
                "can_use_delayed_payment_methods": False,
                "is_onboarding_completed": True,
                "is_onboarding_checklist_completed": True,
                "subscription": subscription_of(owner_of(request)),
            }
        )


class XiSubscriptionApi(ElevenLabsView):
    """What one may use and has used today."""

    @extend_schema(operation_id="xi_subscription", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        invoices = {"open_invoices": [], "has_open_invoices": False}
        return Response({**subscription_of(owner_of(request)), **invoices})


def subscription_of(owner: Owner) -> dict[str, Any]:
    """Quotas as a subscription; nothing is paid for here, and characters are counted by the day (UTC)."""
    limits = limits_of(owner)
    return {
        "tier": "free",
        "status": "free",
        "character_count": used_since(owner=owner, day=today()).characters,
        "character_limit": limits.characters_per_day or NO_LIMIT,
        "max_credit_limit_extension": 0,
        "can_extend_character_limit": False,
        "allowed_to_extend_character_limit": False,
        "next_character_count_reset_unix": int(timezone.now().timestamp()) + seconds_to_midnight(),
        "voice_slots_used": voices_owned(owner=owner),
        "voice_limit": limits.voices or NO_LIMIT,
        "voice_add_edit_counter": 0,
        "can_extend_voice_limit": False,
        "can_use_instant_voice_cloning": True,
        "professional_voice_slots_used": 0,
        "professional_voice_slots_used_in_workspace": 0,
        "professional_voice_limit": 0,
        "can_use_professional_voice_cloning": False,
        "current_overage": NOTHING_OWED,
    }


def _model(model_id: str, name: str) -> dict[str, Any]:
    return {
        "model_id": model_id,
        "name": name,
        "description": "Russian speech in a voice of the bank or of a recording.",
        "can_do_text_to_speech": True,
        "can_do_voice_conversion": True,
        "can_be_finetuned": False,
        "can_use_style": False,
        "can_use_speaker_boost": False,
        "serves_pro_voices": False,
        "requires_alpha_access": False,
        "token_cost_factor": 1.0,
        "maximum_text_length_per_request": settings.SYNC_TEXT_LIMIT,
        "languages": [{"language_id": "ru", "name": "Russian"}],
    }
