"""MkDocs hook: gives the theme invented tutorials, in place of the livedocs plugin."""

from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from livedocs.facts import Fact, Test
from livedocs.static_live import Offer

FRAMEWORKS = [
    SimpleNamespace(
        id=name.lower(),
        title=name,
        sentence=f"What {name} is.",
        scope=scope,
        share=f"{name.lower()}.share",
    )
    for name, scope in [
        ("Taipy", "one user"),
        ("Flet", "one tab"),
        ("Streamlit", "one tab"),
    ]
]
BODY = (Path(__file__).parent / "showcase.md").read_text("utf-8")
SUBJECTS = [
    SimpleNamespace(id=name.lower().replace(" ", "-"), title=name)
    for name in ["State", "Chat", "Presence", "Jobs", "Going live"]
]


def _tutorial(
    framework: str, subject: str, title: str, description: str, keywords: list[str]
) -> SimpleNamespace:
    name = title.lower().replace(" ", "-")
    return SimpleNamespace(
        framework=framework,
        subjects=[subject],
        level="start here",
        minutes=len(title),
        read_first=(),
        title=title,
        description=description,
        keywords=keywords,
        path=f"{framework}/{name}",
        url=f"tutorials/{framework}/{name}/",
        facts=len(title),
    )


TUTORIALS = [
    _tutorial("taipy", "chat", "One chat", "All see all.", ["history", "shared"]),
    _tutorial("taipy", "chat", "Own history", "Each their own.", ["broadcast"]),
    _tutorial("taipy", "jobs", "A job ends", "Who is told.", ["scenario"]),
    _tutorial("flet", "chat", "Five steps", 'From "one" field & on.', ["pubsub"]),
    _tutorial("flet", "presence", "Who is here", "People leave.", ["presence"]),
    _tutorial("streamlit", "state", "One slider", "Two hands on it.", ["widgets"]),
    _tutorial("streamlit", "going-live", "No polling", "An idle page rests.", ["sse"]),
]
PROOF = [
    Fact(f"f{i}", f"`name{i}` is kept.", "", (Test(f"test_{i % 4}", "", 1),))
    for i in range(7)
]
LIVEDOCS = SimpleNamespace(
    fact=lambda id_: PROOF[0],  # the home page asks for five
    film=lambda snippet, story: {},
    here=lambda snippet: Offer(10),
    report=lambda page: "",
    tutorials=TUTORIALS,
    frameworks=FRAMEWORKS,
    subjects=SUBJECTS,
    keywords=sorted({word for one in TUTORIALS for word in one.keywords}),
    proof=PROOF,
)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each invented tutorial."""
    for one in TUTORIALS:
        front_matter = "\n".join(
            f"{name}: {getattr(one, name)!r}"
            for name in ("title", "description", "framework", "subjects", "keywords")
        )
        page = f"---\n{front_matter}\n---\n\n{BODY}"
        path = f"{one.url.rstrip('/')}.md"
        loose = InclusionLevel.NOT_IN_NAV
        files.append(File.generated(config, path, content=page, inclusion=loose))
    return files


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Give the templates what the plugin would."""
    env.globals["livedocs"] = LIVEDOCS
    return env
