"""A VS Code into which our packed extension is installed, for all tests here."""

import pytest

from tests.rigs.code_server import VSCode
from tests.rigs.vendor import LoopbackVendor


@pytest.fixture(scope="session")
def vscode(tmp_path_factory: pytest.TempPathFactory) -> VSCode:
    return VSCode.with_extension(tmp_path_factory.mktemp("vscode"))


@pytest.fixture
def vendor(vendor: LoopbackVendor) -> LoopbackVendor:
    """A vendor that lists its model, since the picker of Chat asks for that at any time."""
    vendor.models = ("gpt-test",)
    return vendor
