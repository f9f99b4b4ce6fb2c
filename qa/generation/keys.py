"""Where the key of a language model comes from: the environment, else the keyring of the machine.

It is in no setting, no description and no message.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.errors import ModelError

if TYPE_CHECKING:
    from qa.generation.models import ModelName

__all__ = ["KEY", "SERVICE", "Key", "find_key"]

KEY = "DATELINE_LLM_KEY"
"""The environment variable with the key for whatever model is set."""

SERVICE = "dateline"
"""What keys are kept under in the keyring; the user is the provider, or the host of an address."""

_VARIABLES = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "ollama": "OLLAMA_API_KEY"}
_NEEDED = ("openai", "anthropic")
# A keyring that is locked may wait for somebody to type a password, where nobody is.
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and where it comes from.

    Attributes:
        secret: "" where there is none.
        origin: in words for people; "" where there is none, and none is needed.
        missing: what to do about a key that is needed and not there; "" otherwise.
    """

    secret: str = field(repr=False, default="")
    origin: str = ""
    missing: str = ""

    def needed(self) -> str:
        """The key, "" where none is needed.

        Raises:
            ModelError: one is needed, and there is none.
        """
        if self.missing:
            raise ModelError(self.missing)
        return self.secret


def find_key(name: ModelName, environ: Mapping[str, str]) -> Key:
    """The key of a model: from ``DATELINE_LLM_KEY``, else the variable of its provider, else the keyring.

    Args:
        environ: the environment.
    """
    variables = [variable for variable in (KEY, _VARIABLES.get(name.provider)) if variable]
    for variable in variables:
        if secret := environ.get(variable, "").strip():
            return Key(secret, f"{variable} in the environment")
    if name.provider == "llamacpp" or (name.provider == "ollama" and name.local):
        return Key()
    user = name.host if name.provider == "url" else name.provider
    secret, trouble = _from_keyring(user)
    if secret:
        return Key(secret, f"the keyring ({SERVICE}, {user})")
    if name.provider not in _NEEDED:
        return Key()
    places = f"put it into the environment as {' or '.join(reversed(variables))}, or into the keyring"
    why = f" ({trouble})" if trouble else ""
    return Key(missing=f"the language model {name} needs a key: {places} with: keyring set {SERVICE} {user}{why}")


def _from_keyring(user: str) -> tuple[str, str]:
    """The key in the keyring, "" where it has none; and what hinders, in words for people."""
    told: queue.Queue[tuple[str, str]] = queue.Queue()
    threading.Thread(target=lambda: told.put(_asked(user)), name="keyring", daemon=True).start()
    try:
        return told.get(timeout=_SECONDS)
    except queue.Empty:
        return "", f"the keyring did not answer within {_SECONDS:.0f} s: is it locked?"


def _asked(user: str) -> tuple[str, str]:
    try:
        import keyring
        from keyring.errors import KeyringLocked, NoKeyringError
    except ImportError:
        return "", "which takes: pip install 'dateline[keyring]'"
    try:
        return (keyring.get_password(SERVICE, user) or "").strip(), ""
    except NoKeyringError:
        return "", "this machine has none that works"
    except KeyringLocked:
        return "", "which is locked"
    except Exception as error:  # noqa: BLE001  # each keyring has errors of its own
        return "", f"which cannot be read: {type(error).__name__}"
