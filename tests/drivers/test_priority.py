import os
import subprocess

from api_queue.drivers.priority import stand_back


def test_a_process_stands_back_with_its_session() -> None:
    # Given a program in a session of its own
    with subprocess.Popen(("sleep", "60"), start_new_session=True) as program:
        # When it is told to stand back
        stand_back(program.pid, 19, os.SCHED_IDLE)
        # Then whoever wakes up goes first
        assert os.getpriority(os.PRIO_PROCESS, program.pid) == 19
        assert os.sched_getscheduler(program.pid) == os.SCHED_IDLE
        program.kill()


def test_one_that_has_ended_needs_not_stand_back() -> None:
    with subprocess.Popen(("true",), start_new_session=True) as program:
        program.wait()
    stand_back(program.pid, 19, os.SCHED_IDLE)
