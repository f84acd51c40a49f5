"""Words of the page behind a share link."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "share_heading": ("С вами поделились записью", "A recording shared with you"),
    "share_until": ("Ссылка действует до", "The link works until"),
    "share_artificial": (
        "Это искусственная речь: текст произнёс компьютер.",
        "This is artificial speech: a computer said the text.",
    ),
    "share_text": ("Текст", "Text"),
    "share_own": ("Озвучить свой текст", "Speak a text of your own"),
}

SCRIPT: dict[str, tuple[str, str]] = {}
