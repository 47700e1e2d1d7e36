"""Makes a wheel for one platform by putting the binary into it, as the command `r1-entitlements-mock`.

R1MOCK_WHEEL_BINARY names the binary, R1MOCK_WHEEL_PLATFORM the platform tag. Without them the wheel is pure
Python, and uses a binary from R1MOCK_BIN or PATH.
"""

from __future__ import annotations

import os
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BinaryHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        binary = os.environ.get("R1MOCK_WHEEL_BINARY")
        if not binary:
            return
        command = "r1-entitlements-mock" + (".exe" if binary.endswith(".exe") else "")
        build_data["shared_scripts"][os.path.abspath(binary)] = command
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{os.environ['R1MOCK_WHEEL_PLATFORM']}"
