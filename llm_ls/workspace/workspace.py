"""What of the project on disk may be read: the one place that confines names to it and keeps what is excluded.

Of what the user excludes, git or `.llmignore` ignores, what a link leads out to, and what is no text or too large,
nothing is ever read.
"""

import asyncio
import functools
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import attrs

from llm_ls import errors
from llm_ls.workspace import exclusion, listing, names, opening


@attrs.frozen
class Listing:
    """The files that may be read, by name.

    Attributes:
        names: In order.
        omitted: How many more there are that may not; what git ignores is not counted.
    """

    names: tuple[str, ...]
    omitted: int


@attrs.frozen(eq=False)
class Workspace:
    """The folders that a client has open.

    Attributes:
        folders: On this machine.
        exclude: Globs of what must never be read.
        max_file_bytes: Larger files are not read.
        open_text: What the editor holds of a file, saved or not; `None`: it is not open.
        open_paths: The files that it holds.
    """

    folders: tuple[Path, ...]
    exclude: tuple[str, ...]
    max_file_bytes: int
    open_text: Callable[[Path], str | None] = lambda _: None
    open_paths: Callable[[], tuple[Path, ...]] = lambda: ()

    def name_of(self, path: Path) -> str:
        """The path as a model and the user should call it; of one outside, its last name."""
        inside = [
            (len(place.parts), label, path.relative_to(place).as_posix())
            for label, folder, top in self._tops
            for place in (top, folder)
            if path.is_relative_to(place)
        ]
        if not inside:
            return names.shown(path.name)
        _, label, name = max(inside)
        return names.shown("/".join(part for part in (label, name) if part not in ("", ".")) or ".")

    async def path(self, name: str) -> Path:
        """The file or folder of that name, resolved; an absolute path is a name too.

        Raises:
            NotFound: There is none.
            InvalidRequest: It may not be read.
        """
        path, lexical = await asyncio.to_thread(self._found, name)
        await self._refuse(name, path, lexical)
        return path

    async def place(self, name: str) -> Path:
        """As `path`, but of what need not be there: where a file of that name would be written.

        Raises:
            InvalidRequest: It may not be read, so it must not be written either.
        """
        try:
            path, lexical = await asyncio.to_thread(self._found, name)
        except errors.NotFound:
            path, lexical = await asyncio.to_thread(self._first_place, name)
        await self._refuse(name, path, lexical)
        return path

    async def read(self, name: str) -> str:
        """The text of the file of that name, as the editor has it or as it is on disk.

        Raises:
            NotFound: There is none.
            InvalidRequest: It may not be read.
        """
        try:
            path = await self.path(name)
        except errors.NotFound:
            path = await self.place(name)  # a new file need not have been saved
            if self.open_text(path) is None:
                raise
        text = self.open_text(path)
        if text is not None:
            if len(text.encode(errors="surrogatepass")) > self.max_file_bytes:
                raise opening.too_large(names.shown(name), self.max_file_bytes)
            return text
        if await asyncio.to_thread(path.is_dir):
            raise errors.InvalidRequest(f"{names.shown(name)} is a folder", hint="name a file in it")
        return await asyncio.to_thread(self.text_on_disk, path)

    def text_on_disk(self, path: Path) -> str:
        """The text of a file of which `path` or `files` has said that it may be read; for a thread.

        Raises:
            NotFound: It is no longer there.
            InvalidRequest: It is too large, or no text.
        """
        return opening.read_text(self._top_of(path), path, self.name_of(path), self.max_file_bytes)

    async def files(self, below: str = "") -> Listing:
        """The files in the folder of that name, or in all folders, that may be read.

        Raises:
            NotFound: There is no such folder.
            InvalidRequest: It may not be read.
        """
        found, omitted = await self.paths(below)
        return Listing(tuple(sorted(found)), omitted)

    async def paths(self, below: str = "") -> tuple[dict[str, str], int]:
        """As `files`: where each is, by name, in no order; and how many more there are."""
        everywhere = below in ("", ".", "./")
        folders = await self.tops() if everywhere else [await self.path(below)]
        found: dict[str, str] = {}
        omitted = 0
        for folder in folders:
            top = self._top_of(folder)
            inside = "" if folder == top else folder.relative_to(top).as_posix()
            if not everywhere and not await asyncio.to_thread(folder.is_dir):
                raise errors.InvalidRequest(f"{names.shown(below)} is no folder", hint="name a folder")
            shown, kept_away = await asyncio.to_thread(self._sorted, top, await listing.files(top, inside))
            found.update(shown)
            omitted += kept_away
        return found, omitted

    async def tops(self) -> tuple[Path, ...]:
        """The folders, resolved."""
        return await asyncio.to_thread(lambda: tuple(top for _, _, top in self._tops))

    def kept_away(self, paths: Iterable[Path]) -> set[Path]:
        """Those of `paths`, which git does not ignore, of which nothing may be shown; for a thread."""
        by_top: dict[Path, dict[str, Path]] = {}
        away: set[Path] = set()
        for path in paths:
            tops = [top for _, _, top in self._tops if path.is_relative_to(top)]
            if not tops or self._name_refused(str(path)):
                away.add(path)
            for top in tops:
                by_top.setdefault(top, {})[path.relative_to(top).as_posix()] = path
        for top, named in by_top.items():
            away.update(named[name] for name in listing.left_out(top, named))
        return away

    @functools.cached_property
    def _tops(self) -> tuple[tuple[str, Path, Path], ...]:
        """Of each folder: its label where there are several, the path as given, and resolved."""
        labels: list[str] = []
        for folder in self.folders:
            number = sum(folder.name == other.name for other in self.folders[: len(labels)])
            labels.append(f"{folder.name}-{number + 1}" if number else folder.name)
        several = len(self.folders) > 1
        return tuple(
            (label if several else "", folder, Path(os.path.realpath(folder)))
            for label, folder in zip(labels, self.folders, strict=True)
        )

    def _top_of(self, path: Path) -> Path:
        """The innermost folder that holds the resolved `path`."""
        return max((top for _, _, top in self._tops if path.is_relative_to(top)), key=lambda top: len(top.parts))

    def _found(self, name: str) -> tuple[Path, Path]:
        """The file or folder called `name`: resolved, and as it is written."""
        outside = False
        found: dict[Path, Path] = {}
        for written in dict.fromkeys((name, names.meant(name))):
            for candidate in self._candidates(written):
                path = Path(os.path.realpath(candidate))
                if not any(path.is_relative_to(top) for _, _, top in self._tops):
                    outside = True
                elif os.path.lexists(path):
                    found.setdefault(path, Path(os.path.normpath(candidate)))
            if found:
                break
        if len(found) > 1:
            called = ", ".join(map(self.name_of, found))
            raise errors.InvalidRequest(f"{names.shown(name)} may be any of {called}", hint="name one of them")
        if found:
            return next(iter(found.items()))
        if outside:
            raise errors.InvalidRequest(
                f"{names.shown(name)} is outside of the workspace", hint="name a file in the workspace"
            )
        raise errors.NotFound(f"there is no {names.shown(name)}", hint="name a file that is in the workspace")

    def _first_place(self, name: str) -> tuple[Path, Path]:
        candidate = next(iter(self._candidates(name)))
        return Path(os.path.realpath(candidate)), Path(os.path.normpath(candidate))

    def _candidates(self, name: str) -> Iterator[Path]:
        """Where `name` may be: below the folder that its beginning names, else below any."""
        if not name.strip() or "\0" in name:
            raise errors.InvalidRequest("no file can have that name", hint="name a file in the workspace")
        if not self.folders:
            raise errors.InvalidRequest("no folder is open", hint="open a folder in the editor")
        if Path(name).is_absolute():
            yield Path(name)
            return
        first, _, rest = name.removeprefix("./").partition("/")
        labelled = [top / rest for label, _, top in self._tops if label == first]
        if labelled and os.path.lexists(labelled[0]):
            yield labelled[0]
            return
        yield from labelled
        yield from (top / name for _, _, top in self._tops)

    async def _refuse(self, name: str, path: Path, lexical: Path) -> None:
        reason = await asyncio.to_thread(self._reason, path, lexical)
        for _, _, top in self._tops:
            if not reason and path.is_relative_to(top) and path != top:
                by = await listing.ignored(top, path.relative_to(top).as_posix())
                reason = f"is ignored by `{by}`" if by else ""
        if reason:
            raise errors.InvalidRequest(f"{names.shown(name)} {reason}", hint="leave it out")

    def _reason(self, path: Path, lexical: Path) -> str:
        """Why `path`, called `lexical`, may not be read, by its name and kind; empty if it may."""
        if not any(path.is_relative_to(top) for _, _, top in self._tops):
            return "is outside of the workspace"
        return self._name_refused(str(path)) or self._name_refused(str(lexical)) or _kind_refused(str(path))

    def _name_refused(self, path: str) -> str:
        return self._called_refused(path, [len(f"{place}{os.sep}") for place in self._around(path)])

    def _around(self, path: str) -> set[Path]:
        """The folders that hold `path`, as they are given and resolved."""
        places = {place for _, folder, top in self._tops for place in (folder, top)}
        return {place for place in places if path.startswith(f"{place}{os.sep}")}

    def _called_refused(self, path: str, starts: Iterable[int]) -> str:
        """Why what is called `path`, and also by what follows each of `starts`, may not be read."""
        inside = [path[start:].replace(os.sep, "/") for start in starts]
        # A glob that fits anywhere fits what is inside where it fits the whole path.
        if any(exclusion.excluded(called, self.exclude) for called in (path, *(inside if self._is_anchored else ()))):
            return "is excluded by `context.exclude`"
        return "is git's own" if any(_is_gits(called) for called in inside) else ""

    @functools.cached_property
    def _is_anchored(self) -> bool:
        return any(glob.removeprefix("!").startswith("/") for glob in self.exclude)

    def _sorted(self, top: Path, listed: list[tuple[str, bool]]) -> tuple[dict[str, str], int]:
        """Where those of `listed` are that may be read, by name, and how many may not be; for a thread."""
        kept_away = set(listing.left_out(top, (name for name, _ in listed)))
        nested = any(other != top and other.is_relative_to(top) for _, _, other in self._tops)
        label = next((f"{label}/" for label, _, other in self._tops if label and other == top), "")
        starts = [len(f"{place}{os.sep}") for place in self._around(f"{top}{os.sep}")]
        real_folders: dict[str, bool] = {}
        shown: dict[str, str] = {}
        for name, is_plain in listed:
            path = f"{top}/{name}"
            folder = path.rpartition("/")[0]
            if (real := real_folders.get(folder)) is None:
                real = real_folders[folder] = os.path.realpath(folder) == folder
            refused = not is_plain or not real or name in kept_away
            if refused or (self._name_refused(path) if nested else self._called_refused(path, starts)):
                continue
            shown[self.name_of(Path(path)) if nested else names.shown(label + name)] = path
        return shown, len(listed) - len(shown)


def _is_gits(called: str) -> bool:
    plain = called.casefold()
    return ".git" in plain and ".git" in plain.split("/")


def _kind_refused(path: str) -> str:
    """Why what is at `path`, resolved, may not be read; what is not there may."""
    try:
        kind = stat.S_IFMT(os.lstat(path).st_mode)
    except OSError:
        return ""
    return "" if kind in (stat.S_IFREG, stat.S_IFDIR) else "is no regular file"
