# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["flet-web==1.0.5"]
# ///
"""Writes a first page that forbids the browser to ask other servers."""

from pathlib import Path

from flet_web import get_package_web_dir

POLICY = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob: data:"


def main(assets: Path = Path("assets")) -> None:
    index = Path(get_package_web_dir(), "index.html").read_text("utf-8")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    assets.mkdir(exist_ok=True)
    (assets / "index.html").write_text(
        index.replace("<head>", f"<head>\n  {meta}"), "utf-8"
    )


if __name__ == "__main__":
    main()
