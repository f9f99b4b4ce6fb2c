"""Settings: who wins, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import Settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``dateline.toml`` in the working folder, not written yet."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "dateline.toml"


def test_defaults_need_nothing(file: Path) -> None:
    settings = Settings.load(environ={})
    assert settings == Settings(archive=settings.archive)
    assert settings.archive.is_absolute()
    assert settings.archive.parts[-2:] == ("dateline", "archive")


def test_the_command_wins_over_the_environment_over_the_file(file: Path, tmp_path: Path) -> None:
    file.write_text('archive = "/from/file"\nencoder = "file"\nport = 1\nthreads = 3\n')
    environ = {"DATELINE_ENCODER": "environment", "DATELINE_PORT": "2", "DATELINE_RERANKER": "", "OTHER": "x"}
    settings = Settings.load(environ=environ, port=4, host=None)
    assert settings == Settings(archive=Path("/from/file"), encoder="environment", port=4, threads=3)
    assert Settings.load("mine", environ=environ).archive == tmp_path / "mine"
    assert Settings.load(environ={"DATELINE_ARCHIVE": "~/news"}).archive == Path("~/news").expanduser()


def test_a_file_can_be_named(file: Path, tmp_path: Path) -> None:
    file.write_text("port = 1")
    other = tmp_path / "other.toml"
    other.write_text("port = 5")
    assert Settings.load(environ={"DATELINE_CONFIG": str(other)}).port == 5


def test_the_users_own_file_is_read(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "dateline").mkdir()
    (tmp_path / "dateline" / "dateline.toml").write_text("threads = 2")
    from platformdirs import user_config_path

    if user_config_path("dateline", appauthor=False) != tmp_path / "dateline":
        pytest.skip("this system keeps configuration elsewhere")
    assert Settings.load(environ={}).threads == 2
    file.write_text("threads = 1")
    assert Settings.load(environ={}).threads == 1


@pytest.mark.parametrize(
    ("toml", "environ", "given", "said"),
    [
        (
            "prot = 1",
            {},
            {},
            r"unknown setting 'prot' in dateline\.toml; the settings are allow_private, .*archive, .*threads",
        ),
        ("[server]\nport = 1", {}, {}, r"unknown setting 'server' in dateline\.toml"),
        ("", {"DATELINE_ENCODR": "x"}, {}, "unknown setting 'encodr' in the environment"),
        ("", {}, {"colour": "red"}, "unknown setting 'colour' in the command"),
        ("", {"DATELINE_PORT": "http"}, {}, "port in the environment must be a whole number, not 'http'"),
        ("port = 1.5", {}, {}, r"port in dateline\.toml must be a whole number, not 1\.5"),
        ("threads = true", {}, {}, r"threads in dateline\.toml must be a whole number, not True"),
        ("", {}, {"threads": -1}, "threads in the command must not be negative, but is -1"),
        ("", {}, {"port": 70_000}, "port in the command must be at most 65535, but is 70000"),
        ("encoder = 5", {}, {}, r"encoder in dateline\.toml must be a text, not 5"),
        ("archive = 5", {}, {}, r"archive in dateline\.toml must be a path, not 5"),
        ('archive = ""', {}, {}, r"archive in dateline\.toml must be a path, not ''"),
        ("", {}, {"archive": " "}, "archive in the command must be a path, not ' '"),
        ("", {"DATELINE_ARCHIVE": "~no-such-user-here/x"}, {}, "names a user who has no home folder"),
        ("", {"DATELINE_ALLOW_PRIVATE": "maybe"}, {}, "allow_private in the environment must be true or false"),
        ("allow_private = 2", {}, {}, r"allow_private in dateline\.toml must be true or false, not 2"),
        ("", {"DATELINE_FETCH_DELAY": "soon"}, {}, "fetch_delay in the environment must be a number, not 'soon'"),
        ("fetch_delay = true", {}, {}, r"fetch_delay in dateline\.toml must be a number, not True"),
        ("fetch_delay = inf", {}, {}, r"fetch_delay in dateline\.toml must not be negative or endless, but is inf"),
        ("fetch_delay = -1", {}, {}, "must not be negative or endless, but is -1"),
        ("", {}, {"fetch_timeout": 0}, "fetch_timeout in the command must be at least 1, but is 0"),
        ("", {"DATELINE_CONTACT": "me"}, {}, "contact in the environment must be an e-mail address or a web page"),
        ('contact = "a@b.example\\r\\nX: y"', {}, {}, r"contact in dateline\.toml must be an e-mail address"),
        ("port = = 1", {}, {}, r"the settings file dateline\.toml is not valid TOML"),
        ("", {"DATELINE_CONFIG": "nowhere.toml"}, {}, r"nowhere\.toml cannot be read: No such file"),
        ("", {"DATELINE_CONFIG": "."}, {}, "cannot be read: Is a directory"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(
    file: Path, toml: str, environ: dict[str, str], given: dict[str, object], said: str
) -> None:
    file.write_text(toml)
    with pytest.raises(SettingsError, match=said):
        Settings.load(environ=environ, **given)  # type: ignore[arg-type]


def test_switches_and_pauses_are_read_as_they_are_written(file: Path) -> None:
    file.write_text('allow_private = true\nfetch_delay = 2\ncontact = "desk@news.example"')
    settings = Settings.load(environ={})
    assert (settings.allow_private, settings.fetch_delay, settings.contact) == (True, 2.0, "desk@news.example")
    for word, meant in {"1": True, "Yes": True, "on": True, "FALSE": False, "0": False, "off": False}.items():
        environ = {"DATELINE_ALLOW_PRIVATE": word, "DATELINE_FETCH_DELAY": "0.5"}
        assert Settings.load(environ=environ).allow_private is meant
        assert Settings.load(environ=environ).fetch_delay == 0.5


def test_a_file_in_another_encoding_is_refused(file: Path) -> None:
    file.write_bytes('encoder = "caf\xe9"'.encode("latin-1"))
    with pytest.raises(SettingsError, match="not valid TOML"):
        Settings.load(environ={})
