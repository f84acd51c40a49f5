"""{% overview %}: the operator's first look."""

from typing import Any

from django import template

from voices.selectors.overview import operator_overview
from voices.web.frame import page_language
from voices.web.strings import admin, template_words

register = template.Library()


@register.inclusion_tag("voices/admin_overview.html")
def overview() -> dict[str, Any]:
    return {"t": template_words(admin, page_language()), **operator_overview()}
