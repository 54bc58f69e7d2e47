"""The printing press: one Typst compile in a process of its own, which takes its memory away when it ends.

Typst keeps what it laid out as long as its process lives (about 0.8 MB a letter, never given back), and a
compile holds the interpreter: neither belongs in a worker or a web server. Imports nothing of the product, so
that it starts in a tenth of a second.

    parent:  compile_pdf(folder, "letter.typ", data, query="<ranges>") -> (PDF bytes, the query's value)
    child:   python -m amiable.correspondence.press < JSON > length of the answer, answer (JSON), PDF
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

#: A thousand letters take seconds; a compile that lasts this long is stuck.
TIMEOUT_SECONDS = 300
HEADER = struct.Struct(">Q")
PACKAGE_PARENT = Path(__file__).resolve().parents[2]


def compile_pdf(
    folder: Path, layout: str, data: dict[str, Any], query: str = "", standard: str = "ua-1"
) -> tuple[bytes, Any]:
    """The PDF of `layout` (a file of `folder`, its fonts beside it) with `data` as its input.

    standard: PDF/UA-1 (ua-1) for what people read, PDF/A-3b (a-3b: the layout gives its date) to be kept.

    Raises RuntimeError with Typst's own words when the layout does not compile."""
    asked = {"folder": str(folder), "layout": layout, "data": data, "query": query, "standard": standard}
    done = subprocess.run(
        [sys.executable, "-m", "amiable.correspondence.press"],
        input=json.dumps(asked, ensure_ascii=False).encode(),
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        cwd=PACKAGE_PARENT,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{layout}: {done.stderr.decode(errors='replace')[-2000:]}")
    (length,) = HEADER.unpack(done.stdout[: HEADER.size])
    answer = done.stdout[HEADER.size : HEADER.size + length]
    return done.stdout[HEADER.size + length :], json.loads(answer)


def main() -> None:
    """The child: one job from stdin, its answer on stdout."""
    import typst

    asked = json.load(sys.stdin.buffer)
    folder = Path(asked["folder"])
    compiler = typst.Compiler(
        str(folder / asked["layout"]),
        root=str(folder),
        font_paths=[str(folder / "fonts")],
        ignore_system_fonts=True,
    )
    inputs = {"data": json.dumps(asked["data"], ensure_ascii=False)}
    pdf = compiler.compile(sys_inputs=inputs, pdf_standards=asked["standard"])
    if not isinstance(pdf, bytes):
        raise RuntimeError("no PDF came out of the compile")
    answer = b"null"
    if asked["query"]:
        answer = compiler.query(asked["query"], field="value", one=True).encode()
    sys.stdout.buffer.write(HEADER.pack(len(answer)))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
