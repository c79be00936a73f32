"""The files of the demonstration: evidence and licences as real PDFs, rendered by the press like any other paper."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from award.demo.stories import EvidenceStory, Story
from award.kernel.files.service import Prepared, prepare_generated
from award.press.pool import Pool
from award.press.views import NoticeTable, NoticeView, Paragraph

SIDE_BY_SIDE = 2
SHARED_ABOVE = 60
"""With more organisations than this, those of a sector share the papers of the first one of it."""


def evidence_files(stories: Sequence[Story]) -> list[list[tuple[str, Prepared]]]:
    """For each story its pieces of evidence, titled and stored, in order."""
    named = [[(_owner(stories, number), piece.title) for piece in one.evidence] for number, one in enumerate(stories)]
    wanted: dict[tuple[str, str], NoticeView] = {}
    for names, story in zip(named, stories, strict=True):
        for name, piece in zip(names, story.evidence, strict=True):
            if name not in wanted:
                wanted[name] = _paper(story, piece)
    with Pool(SIDE_BY_SIDE) as pool, ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        rendered = threads.map(lambda view: pool.render("notice", view), wanted.values())
        made = {
            name: prepare_generated(f"{name[1]}.pdf", paper.pdf, paper.pages)
            for name, paper in zip(wanted, rendered, strict=True)
        }
    return [[(name[1], made[name]) for name in names] for names in named]


def _owner(stories: Sequence[Story], number: int) -> str:
    return stories[number].sector if len(stories) > SHARED_ABOVE else str(number)


def _paper(story: Story, piece: EvidenceStory) -> NoticeView:
    width = 68 // (len(piece.columns) - 1)
    widths = (100 - width * (len(piece.columns) - 1), *([width] * (len(piece.columns) - 1)))
    return NoticeView(
        issuer_mark=story.name,
        document_number="",
        title=(piece.title,),
        paragraphs=tuple(Paragraph(text) for text in piece.paragraphs),
        table=NoticeTable(piece.columns, widths, piece.rows),
        signatory=story.name,
        dated=date(int(min(key[-4:] for key in story.facts if key.startswith("revenue_"))) + 3, 1, 20),
        remark="演示材料，内容虚构",
    )


def licence_file(story: Story) -> bytes:
    """A licence for the office to look at: one page that says whose it would be."""
    text = f"Specimen licence {story.credit_code}"
    stream = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj{content}endobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return (body + f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").encode()
