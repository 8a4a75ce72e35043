#!/usr/bin/env python3
"""Runs one file of command-line tests: run.py PROGRAM SOURCE_TREE FILE.test

A file is a list of steps, run in order in one empty scratch directory, each with /bin/sh:

    # a comment
    $ grulens info model.json      the command; a step goes on to the next `$ `
    status: 1                      exit status, 0 if not given
    out: TEXT                      a line on standard output, in the order given; others may stand between
    out~ REGEX                     the same, a regular expression that is found in a line
    err: TEXT                      likewise on standard error
    err~ REGEX
    out only                       standard output has the lines given and no others ("out only" alone: none)
    file: NAME                     the file is there and not empty
    file~ NAME REGEX               and the expression is found in it
    no file: NAME                  there is no such file

Standard error must be empty unless the step says something about it (`err any`: anything goes). Every
command ends within 60 seconds. In TEXT, blanks at the end of a line do not count.

The commands see: `grulens` on PATH; $DATA, tests/data; $EXAMPLES, examples; $SOURCE, the source tree, a link
in the scratch directory; NO_COLOR=1. Standard input is empty, standard output is no terminal."""

import os
import re
import subprocess
import sys
import tempfile

SECONDS = 60


class Step:
    def __init__(self, command, line):
        self.command, self.line = command, line
        self.status = 0
        self.expected = {"out": [], "err": []}
        self.only = False
        self.err_checked = False
        self.files = []


def parse(path):
    steps = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("$ "):
                steps.append(Step(line[2:], number))
                continue
            if not steps:
                sys.exit(f"{path}:{number}: expected `$ COMMAND` first, found: {line}")
            step = steps[-1]
            match = re.fullmatch(r"(out|err)([:~]) ?(.*)", line)
            if match:
                stream, kind, text = match.groups()
                step.expected[stream].append((kind, text, number))
                step.err_checked |= stream == "err"
            elif line == "out only":
                step.only = True
            elif line == "err any":
                step.err_checked = True
            elif re.fullmatch(r"status: \d+", line):
                step.status = int(line.split()[1])
            elif line.startswith("file: "):
                step.files.append((line[6:], None, True, number))
            elif line.startswith("file~ ") and len(line.split(" ", 2)) == 3:
                name, pattern = line.split(" ", 2)[1:]
                step.files.append((name, pattern, True, number))
            elif line.startswith("no file: "):
                step.files.append((line[9:], None, False, number))
            else:
                sys.exit(f"{path}:{number}: not understood: {line}")
    if not steps:
        sys.exit(f"{path}: no step in the file")
    return steps


def fits(kind, text, line):
    return line.rstrip() == text if kind == ":" else re.search(text, line) is not None


def check_lines(name, expected, lines, only):
    at = 0
    for kind, text, number in expected:
        found = at
        while found < len(lines) and not fits(kind, text, lines[found]):
            found += 1
        if found == len(lines):
            yield number, f"{name} has no line (from its line {at + 1} on) that is: {text}"
            return
        if only and found != at:
            yield number, f"{name} has a line too many: {lines[at]}"
        at = found + 1
    if only and at < len(lines):
        yield None, f"{name} has a line too many: {lines[at]}"


def check(step, result, directory):
    if result.returncode != step.status:
        yield step.line, f"exit status {result.returncode}, expected {step.status}"
    yield from check_lines("standard output", step.expected["out"], result.stdout.splitlines(), step.only)
    yield from check_lines("standard error", step.expected["err"], result.stderr.splitlines(), False)
    if result.stderr and not step.err_checked:
        yield step.line, "standard error is not empty"
    for name, pattern, wanted, number in step.files:
        path = os.path.join(directory, name)
        if not wanted:
            if os.path.exists(path):
                yield number, f"there is a file {name}"
        elif not os.path.isfile(path) or os.path.getsize(path) == 0:
            yield number, f"no file {name}, or an empty one"
        elif pattern is not None:
            with open(path, encoding="utf-8", errors="replace") as file:
                if not re.search(pattern, file.read()):
                    yield number, f"{name} has nothing like: {pattern}"


def main():
    program, source, path = sys.argv[1:]
    source = os.path.abspath(source)
    # Through a link, so that no name, and with it no line break of a report, depends on where the tree lies.
    environment = dict(os.environ, SOURCE="source", DATA="source/tests/data", EXAMPLES="source/examples", NO_COLOR="1",
                       PATH=os.path.dirname(os.path.abspath(program)) + os.pathsep + os.environ["PATH"])
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        os.symlink(source, os.path.join(directory, "source"))
        for step in parse(path):
            try:
                result = subprocess.run(["/bin/sh", "-c", step.command], cwd=directory, env=environment,
                                        stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                        errors="replace", timeout=SECONDS)
            except subprocess.TimeoutExpired:
                print(f"{path}:{step.line}: $ {step.command}\n    still running after {SECONDS} seconds")
                failed += 1
                continue
            problems = list(check(step, result, directory))
            if problems:
                failed += 1
                print(f"{path}:{step.line}: $ {step.command}")
                for number, text in problems:
                    print(f"    {'line %d: ' % number if number else ''}{text}")
                for name, text in (("output", result.stdout), ("error", result.stderr)):
                    print("".join(f"    {name} | {line}\n" for line in text.splitlines()[:40]), end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
