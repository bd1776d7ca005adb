"""Saves happen soon after a write, of a state that stands still, without waiting for uploads."""

from __future__ import annotations

import asyncio

from core.emulator.snapshots import Snapshots


class Memory:
    """A state and the disk that it is saved to."""

    def __init__(self):
        self.state = {"n": 0}
        self.disk = []
        self.snapshots = Snapshots(
            lambda: {"s3": lambda: dict(self.state), "none": lambda: None},
            lambda name, state: self.disk.append((name, state)),
        )

    async def write(self, receive, work):
        async with self.snapshots.write(receive) as guarded:
            while (await guarded()).get("more_body"):
                pass
            await work()


async def whole_body():
    return {"type": "http.request", "body": b"", "more_body": False}


async def nothing():
    pass


def test_a_write_is_saved_by_itself_and_a_burst_once():
    async def scenario():
        memory = Memory()
        saver = asyncio.create_task(memory.snapshots.save_when_due())
        for number in range(20):
            memory.state["n"] = number
            await memory.write(whole_body, nothing)
        await asyncio.sleep(1.2)
        saver.cancel()
        return memory.disk

    assert asyncio.run(scenario()) == [("s3", {"n": 19})]


def test_nothing_is_saved_when_nothing_changed():
    async def scenario():
        memory = Memory()
        saver = asyncio.create_task(memory.snapshots.save_when_due())
        await asyncio.sleep(0.7)
        saver.cancel()
        return memory.disk

    assert asyncio.run(scenario()) == []


def test_a_save_waits_for_the_write_under_way():
    async def scenario():
        memory = Memory()

        async def work():
            memory.state["n"] = 1
            await asyncio.sleep(0.2)
            memory.state["n"] = 2

        writing = asyncio.create_task(memory.write(whole_body, work))
        await asyncio.sleep(0.05)
        await memory.snapshots.save()
        await writing
        return memory.disk

    assert asyncio.run(scenario()) == [("s3", {"n": 2})]


def test_a_slow_upload_does_not_hold_up_a_save():
    async def scenario():
        memory = Memory()
        rest = asyncio.Event()

        async def slow_body():
            await rest.wait()
            return {"type": "http.request", "more_body": False}

        uploading = asyncio.create_task(memory.write(slow_body, nothing))
        await asyncio.sleep(0.05)
        await asyncio.wait_for(memory.snapshots.save(), 1)
        rest.set()
        await uploading
        return memory.disk

    assert asyncio.run(scenario()) == [("s3", {"n": 0})]
