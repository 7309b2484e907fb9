"""What the Python tools of this folder share."""

import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODELS = os.path.join(ROOT, "models")


class Failure(Exception):
    """One line for the user."""


def run(*command):
    """The standard output of a command; Failure with the last line it complains with."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"{command[0]}: status {done.returncode}"]
        raise Failure(lines[-1])
    return done.stdout


class Tools:
    """Paths of the programs that were built."""

    def __init__(self, folder, *names):
        for name in names:
            path = os.path.join(folder, name)
            if not os.access(path, os.X_OK):
                raise Failure(f"{path}: not built; run: cmake --build --preset release")
            setattr(self, name.removeprefix("dynfault-"), path)


def write_atomically(path, text):
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def cache_folder():
    """Where the corpus is kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(cache, "dynfault", "corpus")
