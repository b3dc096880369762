"""A task process that dies fails its own tasks only; the next task starts another process."""

import asyncio
from pathlib import Path

import pytest

from dreamvid.studio.task_client import TaskClient, TaskError
from tests.studio.conftest import SAMPLES

pytestmark = pytest.mark.slow


def test_a_process_that_dies_fails_only_its_own_tasks(tmp_path: Path) -> None:
    async def run() -> None:
        client = TaskClient()
        facts = await client.run("inspect", path=str(SAMPLES / "seed.jpg"))
        endless = {"command": "image", "given": {"noise": "640x480", "steps": 1000}, "preset": "", "source": ""}
        pending = asyncio.create_task(client.run("preview", draft=endless, to=str(tmp_path / "x"), seconds=0, side=640))
        await asyncio.sleep(0)  # the task is sent
        await client.stop()
        with pytest.raises(TaskError, match="was ended"):
            await pending
        assert await client.run("inspect", path=str(SAMPLES / "seed.jpg")) == facts
        await client.stop()

    asyncio.run(run())


def test_an_error_names_its_setting_and_the_process_goes_on(tmp_path: Path) -> None:
    async def run() -> None:
        client = TaskClient()
        with pytest.raises(TaskError, match="does not exist") as caught:
            await client.run("inspect", path=str(tmp_path / "none.png"))
        assert not caught.value.key
        draft = {"command": "image", "given": {"octaves": 99}, "preset": "", "source": ""}
        with pytest.raises(TaskError) as caught:
            await client.run("preview", draft=draft, to=str(tmp_path / "x"), seconds=0, side=64)
        assert caught.value.key == "octaves"
        await client.stop()

    asyncio.run(run())
