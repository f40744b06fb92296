"""Files on disk: nothing is written over, and nothing happens outside of the folders."""

from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.workspace import file_operations


def test_makes_a_file_and_the_folders_that_lead_to_it(tmp_path: Path) -> None:
    file_operations.create(tmp_path / "a/b/c.txt", "ä\r\n", [tmp_path])

    assert (tmp_path / "a/b/c.txt").read_bytes() == b"\xc3\xa4\r\n"


def test_writes_over_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").symlink_to(tmp_path / "nowhere")
    for refused in (
        lambda: file_operations.create(tmp_path / "a", "x", [tmp_path]),
        lambda: file_operations.create(tmp_path / "b", "x", [tmp_path]),
        lambda: file_operations.rename(tmp_path / "a", tmp_path / "b", None, [tmp_path]),
    ):
        with pytest.raises(errors.InvalidRequest, match="exists by now"):
            refused()

    assert (tmp_path / "a").read_text() == "a"
    assert not (tmp_path / "nowhere").exists()


def test_a_renamed_file_keeps_its_mode_and_its_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfa\n")
    (tmp_path / "a").chmod(0o750)
    file_operations.rename(tmp_path / "a", tmp_path / "new/b", "b\n", [tmp_path])

    assert (tmp_path / "new/b").read_bytes() == b"\xef\xbb\xbfb\n"
    assert (tmp_path / "new/b").stat().st_mode & 0o777 == 0o750
    assert not (tmp_path / "a").exists()


def test_deletes_no_folder_and_no_more_than_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    file_operations.delete(tmp_path / "link", [tmp_path])
    with pytest.raises(OSError, match="folder"):
        file_operations.delete(tmp_path / "folder", [tmp_path])

    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "kept"]


def test_nothing_happens_outside_of_the_folders(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (project / "a").write_text("a")
    (project / "out").symlink_to(outside)
    for refused in (
        lambda: file_operations.create(project / "out/x", "x", [project]),
        lambda: file_operations.rename(project / "a", project / "out/a", None, [project]),
        lambda: file_operations.rename(project / "out/secret", project / "secret", None, [project]),
        lambda: file_operations.delete(project / "out/secret", [project]),
        lambda: file_operations.make_way(project / "out/new/a", [project]),
    ):
        with pytest.raises(errors.InvalidRequest, match="not lie in the workspace"):
            refused()

    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (project / "a").exists()


def test_folders_that_were_made_in_vain_go_again(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    made = file_operations.make_way(tmp_path / "old/new/newer/a", [tmp_path])
    kept = file_operations.make_way(tmp_path / "kept/a", [tmp_path])
    (tmp_path / "kept/a").touch()
    file_operations.remove_empty((*made, *kept))

    assert made == (tmp_path / "old/new/newer", tmp_path / "old/new")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "kept", "old"]
