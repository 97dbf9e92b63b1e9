"""Runs a command that ends when its parent does, however the parent ends.

usage: guard.py SCRATCH COMMAND...   with one end of a pipe, which the parent never writes to, as standard input

A closed pipe is the one sign of a parent's death that every system gives, also after SIGKILL. The command is the leader
of a session of its own, so that Ctrl-C in a terminal reaches only the parent, and all that it started ends with it.
SCRATCH, if not empty, is removed at the end.
"""
import os
import shutil
import signal
import subprocess
import sys
import threading

scratch, command = sys.argv[1], sys.argv[2:]
try:
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
except OSError as fault:
    sys.exit(f"cannot run {command[0]}: {fault}")


def signal_all(number):
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        pass  # nobody left


def end(*_):
    signal_all(signal.SIGTERM)
    try:
        child.wait(2)
    except subprocess.TimeoutExpired:
        signal_all(signal.SIGKILL)


def end_with_parent():
    while os.read(0, 1):
        pass
    end()


for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, end)
threading.Thread(target=end_with_parent, daemon=True).start()
code = child.wait()
signal_all(signal.SIGKILL)
if scratch:
    shutil.rmtree(scratch, ignore_errors=True)
os._exit(code if code >= 0 else 128 - code)
