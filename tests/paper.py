#!/usr/bin/env python3
"""The report of `grulens paper`, checked from outside: paper.py PROGRAM FOLDER [OPTIONS OF grulens paper]

Makes the report in FOLDER, then again with --resume in a copy whose sections it takes, and looks whether
  * both are the same bytes, and every figure and model that is named is there;
  * the HTML is well-formed XML, and every number in it is the one at its place in paper.json, in value and as shown;
  * no claim is without a verdict and a command;
  * each command, run in the folder, gives the numbers that the claim's checks name (GRL_PAPER_COMMANDS=0 leaves
    this out).
With the word "check" in place of options it looks at the report that is in FOLDER, perhaps without its figures. With
GRL_TEST_QUICK=1 it makes two sections, whatever the options say.
Prints a line for each breach; exit status 1 if there is any."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

program, folder, options = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
if os.environ.get("GRL_TEST_QUICK") == "1" and options != ["check"]:  # under sanitizers
    options = ["--quick", "--section", "lens,pseudo-line"]
if options and options != ["check"] and not options[0].startswith("--"):
    # A folder is made anew: a mistyped word must not cost the report in it.
    sys.exit(f'paper.py: expected options or "check", found "{options[0]}"')
breaches = []


def breach(text):
    breaches.append(text)
    print(text)


def make(where, more):
    result = subprocess.run([program, "paper", "--out", where, "--quiet"] + options + more, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"grulens paper: exit status {result.returncode}: {result.stderr}")
    return result.stdout


def find(document, path):
    """A value by the path of a check: parts between slashes; NAME=VALUE is the first item whose NAME is that, # the
    number of items."""
    for part in path.split("/"):
        if part == "#":
            document = len(document)
        elif isinstance(document, list) and "=" in part:
            name, value = part.split("=", 1)
            document = next(item for item in document if str(item.get(name)) == value)
        elif isinstance(document, list):
            document = document[int(part)]
        else:
            document = document[part]
    return document


def pointer(document, text):
    for part in text.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def agree(a, b, tolerance):
    if isinstance(a, bool) or isinstance(b, bool) or isinstance(a, str):
        return a == b
    if a is None or b is None:
        return a is b
    return abs(a - b) <= tolerance * max(1, abs(a))


def shown(text):
    """The number that a reader sees, and the size of its last digit."""
    text = text.replace("\u2212", "-").replace("\u2009%", "")
    mantissa, _, power = text.partition("\u00b710")
    digits = mantissa.partition(".")[2]
    scale = 10.0 ** int(power) if power else 1.0
    # "1200" may be rounded to hundreds by %.2g only beyond what %g prints without a power: it never is.
    return float(mantissa) * scale, 10.0 ** -len(digits) * scale


def check_html(path, document):
    tree = ElementTree.parse(path)
    count = 0
    for item in tree.iter("{http://www.w3.org/1999/xhtml}data"):
        count += 1
        value, place = item.get("value"), item.get("data-ref")
        try:
            there = pointer(document, place)
        except (KeyError, IndexError, ValueError):
            breach(f"{path}: {place} is not in paper.json")
            continue
        text = "".join(item.itertext())
        if there is None:
            if value != "null":
                breach(f"{path}: {place}: {value}, expected null")
        elif isinstance(there, bool):
            if value != str(there).lower():
                breach(f"{path}: {place}: {value}, expected {there}")
        elif isinstance(there, str):
            if value != there or text != there:
                breach(f"{path}: {place}: {value!r}, shown as {text!r}, expected {there!r}")
        elif float(value) != there:
            breach(f"{path}: {place}: {value}, expected {there}")
        else:
            number, unit = shown(text)
            exact = there * (100 if text.endswith("%") else 1)
            if abs(number - exact) > 0.5000001 * unit:
                breach(f"{path}: {place}: shown as {text}, is {there}")
    return count


def check_claim(section, claim):
    base = f"{section}/{claim['id']}"
    if claim["verdict"] not in ("proven", "computed", "not reproduced"):
        breach(f"{base}: verdict {claim['verdict']!r}")
    lines = claim["command"].split("\n")
    if not all(line.startswith("grulens ") for line in lines):
        breach(f"{base}: command {claim['command']!r}")
    checks = claim.get("checks", [])
    if os.environ.get("GRL_PAPER_COMMANDS") == "0":
        return 0
    outputs = {}
    for number, line in enumerate(lines):
        if not any(check["line"] >= number for check in checks):
            continue
        words = shlex.split(line)
        result = subprocess.run([program] + words[1:], cwd=folder, capture_output=True, text=True)
        if result.returncode != 0:
            breach(f"{base}: {line}: exit status {result.returncode}: {result.stderr.strip()}")
        elif "--json -" in line:
            outputs[number] = json.loads(result.stdout)
        elif words[1] == "paper":
            with open(os.path.join(folder, words[words.index("--out") + 1], "paper.json"), encoding="utf-8") as file:
                outputs[number] = json.load(file)
    for check in checks:
        if check["line"] not in outputs:
            breach(f"{base}: line {check['line']} of the command gives no document")
            continue
        try:
            said = find(document["sections"][section]["results"], check["result"])
            found = find(outputs[check["line"]], check["found"])
        except (KeyError, IndexError, StopIteration, ValueError) as error:
            breach(f"{base}: {check['result']} or {check['found']} is not there: {error!r}")
            continue
        if not agree(said, found, check["tolerance"]):
            breach(f"{base}: {check['result']} = {said}, the command says {found}")
    return len(checks)


def make_twice():
    again = folder + "-resumed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(again, ignore_errors=True)
    first = make(folder, [])
    os.makedirs(again)
    shutil.copytree(os.path.join(folder, "sections"), os.path.join(again, "sections"))
    if make(again, ["--resume"]) != first:
        breach("the resumed report comes to other counts")
    for name in ("paper.html", "paper.pdf", "paper.json"):
        with open(os.path.join(folder, name), "rb") as one, open(os.path.join(again, name), "rb") as other:
            if one.read() != other.read():
                breach(f"{name}: other bytes in the resumed report")


if options != ["check"]:
    make_twice()
with open(os.path.join(folder, "paper.json"), encoding="utf-8") as file:
    document = json.load(file)
if document["format"] != "grulens-paper" or document["version"] != 1:
    breach("paper.json: not a grulens-paper document, version 1")
numbers = check_html(os.path.join(folder, "paper.html"), document)
with open(os.path.join(folder, "paper.html"), encoding="utf-8") as file:
    if re.search(r"\bnan\b|{[a-z]", re.sub(r"<style>.*?</style>", "", file.read(), flags=re.S)):
        breach("paper.html: a number that is none, or an unfilled place")
claims = checks = 0
for section, content in document["sections"].items():
    for figure in content.get("figures", []):
        for name in figure["files"]:
            if os.path.isdir(os.path.join(folder, "figures")) and not os.path.exists(os.path.join(folder, name)):
                breach(f"{name}: not there")
    for claim in content.get("claims", []):
        claims += 1
        checks += check_claim(section, claim)
if claims == 0 or numbers < claims:
    breach(f"{claims} claims with {numbers} numbers")
print(f"{claims} claims, {numbers} numbers in the text, {checks} numbers computed again by the commands")
sys.exit(1 if breaches else 0)
