"""A folder of profiles of Anthropic's command line, and a vendor that gives out their tokens."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from llm_ls.auth import anthropic_profiles, watched
from tests.rigs.vendor import LoopbackVendor


class Profiles:
    """A folder of profiles, and the environment that names it."""

    def __init__(self, folder: Path, vendor: LoopbackVendor) -> None:
        self.folder = folder
        self.vendor = vendor
        self.environment = {"ANTHROPIC_CONFIG_DIR": str(folder), "HOME": str(folder)}
        for name in ("configs", "credentials"):
            (folder / name).mkdir()

    def settings(self, name: str = "default", **members: Any) -> Path:
        how = {"type": "user_oauth", "client_id": "c1", **members.pop("authentication", {})}
        return self.written(
            self.folder / "configs" / f"{name}.json",
            {"authentication": how, "organization_id": "o1", "base_url": self.vendor.url, **members},
            0o644,
        )

    def tokens(self, name: str = "default", *, left_s: float = 3600, **members: Any) -> Path:
        kept = {"version": "1.0", "type": "oauth_token", "access_token": "sk-ant-oat01-old", "refresh_token": "r-old"}
        ends = {"expires_at": int(time.time() + left_s)}
        return self.written(self.folder / "credentials" / f"{name}.json", {**kept, **ends, **members}, 0o600)

    def written(self, file: Path, content: object, mode: int) -> Path:
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        file.chmod(mode)
        return file

    def active(self, **environment: str) -> anthropic_profiles.Profile | None:
        return anthropic_profiles.active({**self.environment, **environment})

    def unfit(self, **environment: str) -> str:
        with pytest.raises(watched.Unusable) as caught:
            self.active(**environment)
        return f"{caught.value.message}; {caught.value.hint}"
