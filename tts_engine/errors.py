"""Named errors of the engine, each in English and in Russian.

EngineError
├── AudioError       input audio we cannot use     caller's fault
├── TextError        text we cannot speak          caller's fault
├── VoiceError       a voice that is not there     caller's fault
├── RequestError     a setting out of its range    caller's fault
├── CheckpointError  weights missing or damaged    operator's fault
└── ResourceError    device or memory missing      may pass: retryable
"""


class EngineError(Exception):
    """Base of all engine errors.

    Attributes:
        code: stable snake_case name that programs may rely on.
        message_ru: the message in Russian; `str(error)` is the English one.
        details: machine-readable facts, for instance limits.
        retryable: whether the same call may succeed later.
    """

    retryable = False

    def __init__(self, code: str, en: str, ru: str, **details: object) -> None:
        super().__init__(en)
        self.code = code
        self.message_ru = ru
        self.details = details


class AudioError(EngineError):
    """The given audio cannot be used."""


class TextError(EngineError):
    """The given text cannot be spoken."""


class VoiceError(EngineError):
    """No such voice."""


class RequestError(EngineError):
    """A setting is out of its range."""


class CheckpointError(EngineError):
    """Weights are missing, damaged or of another version."""


class ResourceError(EngineError):
    """A device, memory or a helper program is not available."""

    retryable = True
