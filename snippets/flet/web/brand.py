# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["pillow==13.0.0"]
# ///
"""Writes a name, colours and icons into the folder assets."""

import json
from pathlib import Path

from PIL import Image, ImageDraw

PAPER, BRICK = "#FDF6EC", "#A4452C"

MANIFEST = {
    "name": "Corner chat",
    "short_name": "Corner",
    "description": "A chat for everybody at the corner table.",
    "start_url": "./",
    "display": "standalone",
    "background_color": PAPER,
    "theme_color": BRICK,
    "icons": [
        {
            "src": f"icons/icon-{kind}{size}.png",
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "maskable" if kind else "any",
        }
        for kind in ("", "maskable-")
        for size in (192, 512)
    ],
}


def draw(size: int, dots: int = 3, background: str | None = None) -> Image.Image:
    """A speech bubble; launchers cut a maskable icon, so its background is full."""
    image = Image.new("RGBA", (1000, 1000), background or "#00000000")
    pen = ImageDraw.Draw(image)
    bubble = PAPER if background else BRICK
    pen.rounded_rectangle((180, 240, 820, 680), 140, bubble)
    pen.polygon([(340, 660), (340, 820), (520, 660)], bubble)
    for x in (340, 500, 660)[:dots]:
        pen.ellipse((x - 50, 410, x + 50, 510), background or PAPER)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main(assets: Path = Path("assets")) -> None:
    icons = assets / "icons"
    icons.mkdir(parents=True, exist_ok=True)
    (assets / "manifest.json").write_text(json.dumps(MANIFEST, indent=2), "utf-8")
    draw(32).save(assets / "favicon.png")
    draw(192, background=BRICK).save(icons / "apple-touch-icon-192.png")
    for size in (192, 512):
        draw(size).save(icons / f"icon-{size}.png")
        draw(size, background=BRICK).save(icons / f"icon-maskable-{size}.png")
    first, *others = (draw(200, dots) for dots in range(4))
    first.save(
        icons / "loading-animation.png",
        save_all=True,
        append_images=others,
        duration=300,
        loop=0,
    )


if __name__ == "__main__":
    main()
