"""Java, jars and environments are chosen and checked before anything runs on them."""

import os
import threading
import time
from pathlib import Path

import pytest

from wheatpaste.engines.once import made_once
from wheatpaste.engines.spark import jars, java, runtimes, versions
from wheatpaste.engines.uv import uv

LOCK = "a.b:c:1.0  2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  5\n"  # of "hello"


def fake_java(home: Path, version: str) -> Path:
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").write_text("#!/bin/sh\nexit 1\n")
    (home / "bin" / "java").chmod(0o755)
    (home / "release").write_text(f'JAVA_VERSION="{version}"\n')
    return home


@pytest.mark.parametrize(("version", "major"), [("17.0.15", 17), ("1.8.0_402", 8), ("21", 21), ("25-ea", 25)])
def test_major_versions(version: str, major: int) -> None:
    assert java.Java(Path("/"), version).major == major


def test_a_newer_java_on_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest, right = fake_java(tmp_path / "25", "25.0.1"), fake_java(tmp_path / "h" / ".jdks" / "21", "21.0.2")
    monkeypatch.setattr(java, "PLACES", ())
    environment = {"PATH": str(newest / "bin"), "JAVA_HOME": str(newest), "HOME": str(tmp_path / "h")}
    found = java.find(environment)
    assert found is not None
    assert found.home == right
    assert [other.major for other in java.others(environment)] == [25]


def test_seventeen_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "PLACES", ())
    older, newer = fake_java(tmp_path / "17", "17.0.1"), fake_java(tmp_path / "21", "21.0.1")
    found = java.find({"JAVA_HOME": str(newer), "PATH": str(older / "bin"), "HOME": str(tmp_path)})
    assert found is not None
    assert found.major == 17


def test_no_java_is_no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "PLACES", ())
    assert java.find({"PATH": str(tmp_path), "HOME": str(tmp_path)}) is None


def test_the_shim_drops_one_flag(tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "java").write_text(java.SHIM)
    (tmp_path / "java.real").write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
    for name in ("java", "java.real"):
        (tmp_path / name).chmod(0o755)
    argv = [tmp_path / "java", "-cp", "a b", "--add-modules=jdk.incubator.vector", "Main", ""]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout == "<-cp><a b><Main><>"


@pytest.mark.parametrize("version", versions.GLUE.values(), ids=lambda version: version.name)
def test_every_locked_jar_is_named_once_and_none_hurts_sparks_own(version: versions.Version) -> None:
    locked = [
        jar for name in (version.jars, *version.formats.values()) for jar in jars.locked_jars((jars.LOCKS / f"{name}.txt").read_text())
    ]
    assert all(len(jar.sha256) == 64 and jar.size for jar in locked)
    assert all(name.endswith(version.scala) for name in (jar.name for jar in locked) if "_2.1" in name)
    base = jars.locked_jars((jars.LOCKS / f"{version.jars}.txt").read_text())
    assert len({jar.file for jar in base}) == len(base)
    names = {jar.name for jar in locked}
    assert {"hadoop-aws", "hive-hcatalog-core", f"spark-avro_{version.scala}", "postgresql", "redshift-jdbc42"} <= names
    assert not {"httpclient", "httpcore", "commons-codec", "commons-logging", "slf4j-api"} & names
    assert not any(name.startswith("netty-") and name != "netty-nio-client" for name in names)


@pytest.mark.parametrize(("content", "wrong"), [("hello", None), ("hellO", "is not the locked one"), (None, "is missing")])
def test_jars_are_checked(tmp_path: Path, content: str | None, wrong: str | None) -> None:
    if content is not None:
        (tmp_path / "a.b_c-1.0.jar").write_text(content)
    if wrong is None:
        jars.verify(jars.locked_jars(LOCK), tmp_path)
    else:
        with pytest.raises(jars.JarsMissing, match=f"a.b_c-1.0.jar {wrong}"):
            jars.verify(jars.locked_jars(LOCK), tmp_path)


def test_the_machines_own_settings_are_used(tmp_path: Path) -> None:
    (tmp_path / ".m2").mkdir()
    plain = jars.ivy_settings(tmp_path, tmp_path).read_text()
    assert "root=" not in plain
    mirror = "<mirror><id>x</id><mirrorOf>other,central</mirrorOf><url>https://mirror.example/m2</url></mirror>"
    (tmp_path / ".m2" / "settings.xml").write_text(f'<settings xmlns="{jars.MAVEN[1:-1]}"><mirrors>{mirror}</mirrors></settings>')
    assert 'root="https://mirror.example/m2"' in jars.ivy_settings(tmp_path, tmp_path).read_text()
    (tmp_path / ".ivy2").mkdir()
    (tmp_path / ".ivy2" / "ivysettings.xml").write_text("<ivysettings/>")
    assert jars.ivy_settings(tmp_path, tmp_path) == tmp_path / ".ivy2" / "ivysettings.xml"


def test_the_module_names_every_jar_without_its_dependencies() -> None:
    text = jars.module(jars.locked_jars(LOCK))
    assert '<dependency org="a.b" name="c" rev="1.0" transitive="false" conf="default-&gt;master" />' in text


def test_locks_are_exact() -> None:
    for name in {found.name for each in versions.KINDS.values() for found in each.values()}:
        assert all("==" in line.split(";")[0] for line in runtimes.packages(name))
    assert "pyspark==4.1.4" in runtimes.packages("glue-6.0")
    assert not any(line.startswith("pyspark") for line in runtimes.packages("pythonshell-3.9"))


def test_an_interpreter_without_spark_is_refused(tmp_path: Path) -> None:
    import venv

    venv.create(tmp_path / "bare")
    with pytest.raises(versions.UnsupportedRuntime, match="has no pyspark"):
        runtimes.provide("glueetl", "6.0", tmp_path, str(tmp_path / "bare" / "bin" / "python"))


def test_what_is_made_once_is_made_once(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(draft: Path) -> None:
        made.append(draft)
        time.sleep(0.1)
        (draft / "file").write_text("x")

    threads = [threading.Thread(target=made_once, args=(tmp_path / "a" / "b", make)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert (tmp_path / "a" / "b" / "file").read_text() == "x"


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".b.x1y2").mkdir()
    (tmp_path / ".b.x1y2" / "half").write_text("x")
    made_once(tmp_path / "b", lambda draft: None)
    assert sorted(os.listdir(tmp_path)) == [".b.lock", "b"]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    def make(draft: Path) -> None:
        (draft / "half").write_text("x")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        made_once(tmp_path / "b", make)
    assert [name for name in os.listdir(tmp_path) if not name.endswith(".lock")] == []


def test_waiting_for_another_can_be_given_up(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def make(draft: Path) -> None:
        begun.set()
        go_on.wait(20)

    def beat() -> None:
        raise InterruptedError("no more")

    maker = threading.Thread(target=made_once, args=(tmp_path / "b", make))
    maker.start()
    begun.wait(5)
    with pytest.raises(InterruptedError, match="no more"):
        made_once(tmp_path / "b", lambda draft: None, beat)
    go_on.set()
    maker.join()
    assert (tmp_path / "b").is_dir()


def test_uv_is_ended_when_nobody_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import uv as package

    program = tmp_path / "uv"
    program.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(package, "find_uv_bin", lambda: str(program))

    def beat() -> None:
        raise InterruptedError("no more")

    started = time.monotonic()
    with pytest.raises(InterruptedError, match="no more"):
        uv("pip", "install", beat=beat)
    assert time.monotonic() - started < 10
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
