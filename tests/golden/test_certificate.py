"""The certificate: words, fonts, a QR that can be read, an empty place for the seal, long and rare names."""

import segno

from award.press import engine
from tests.golden import reading, samples

RARE = "䶮㛃𬭎〇喆堃犇镕昇祎珺瑄"


def test_it_says_who_what_when_and_how_to_verify() -> None:
    made = engine.render("certificate", samples.certificate())
    assert made.pages == 1
    (text,) = reading.texts(made.pdf)
    for word in (
        "荣誉证书", "CERTIFICATEOFHONOUR", "证书编号：云质奖〔2026〕第03号", "云川精密轴承股份有限公司：", "第六届云川市市长质量奖",
        "特颁此证，以资鼓励。", "云川市人民政府", "二〇二六年十一月十八日", "核验码7K3F-92QD-XM5T", "zljp.yunchuan.example/v",
        "有效期至2031年11月17日",
    ):  # fmt: skip
        assert word in text


def test_it_embeds_our_fonts_only_and_has_no_missing_glyph() -> None:
    made = engine.render("certificate", samples.certificate())
    assert made.fonts == ("Award Kai", "Award Serif")
    assert reading.fonts(made.pdf) == {"Award-Kai": True, "Award-Serif": True, "Award-Serif-Bold": True}
    assert 0 not in set(reading.glyphs(made.pdf))


def test_rare_characters_of_names_come_from_the_whole_fonts() -> None:
    made = engine.render("certificate", samples.certificate(recipient=RARE, award_title=RARE, issuers=(RARE,)))
    assert {"LXGW WenKai", "Noto Serif SC"} <= set(made.fonts)
    assert 0 not in set(reading.glyphs(made.pdf))
    assert reading.texts(made.pdf)[0].count(RARE) == 3


def test_the_qr_holds_the_address_and_is_at_least_20_mm_wide() -> None:
    view = samples.certificate()
    image = reading.pixels(engine.render("certificate", view).pdf)
    matrix = [list(row) for row in segno.make(view.verify_url, error="m", micro=False).matrix]
    left, top, width = 33 + 0.25 + 1.2, 158 + 0.25 + 1.2, 23.0
    module = width / len(matrix)
    assert width >= 20
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            at = (round((left + (column + 0.5) * module) * 8), round((top + (row + 0.5) * module) * 8))
            assert (sum(image.getpixel(at)) < 300) == bool(dark)  # type: ignore[arg-type]  # an RGB picture


def test_no_seal_is_drawn_over_issuer_and_date() -> None:
    image = reading.pixels(engine.render("certificate", samples.certificate()).pdf).crop((190 * 8, 148 * 8, 240 * 8, 190 * 8))
    red = [one for one in image.get_flattened_data() if one[0] > 170 and one[1] < 90 and one[2] < 90]
    assert red == []


def test_the_longest_names_stay_inside_and_apart() -> None:
    view = samples.certificate(
        recipient="中国科学院云川高端装备与先进材料国际联合研究院（云川）股份有限公司第二分公司",
        award_title="第六届云川市市长质量奖（服务业和建设工程组）提名奖",
        citation="你单位坚持质量第一、追求卓越，在深入实施质量强市战略、推动高质量发展、完善质量管理体系等方面成绩显著，"
        "经评审、公示并报市人民政府批准，授予",
        issuers=("云川市人民政府", "云川市市长质量奖评审委员会办公室"),
        valid_until=None,
    )
    made = engine.render("certificate", view)
    text = reading.texts(made.pdf)[0]
    assert view.recipient in text
    assert view.award_title in text
    assert "长期有效" in text
    found = reading.placed(made.pdf, 0)
    assert all(one.left > 19.5 and one.right < 277.5 and one.top > 19.5 and one.bottom < 190.5 for one in found)
    for one in found:
        overlapping = [
            other for other in found
            if other is not one
            and min(one.right, other.right) - max(one.left, other.left) > 0.4
            and min(one.bottom, other.bottom) - max(one.top, other.top) > 0.4
        ]  # fmt: skip
        assert overlapping == []


def test_a_nomination_differs_in_colour_and_a_draft_says_so() -> None:
    plain = engine.render("certificate", samples.certificate())
    silver = engine.render("certificate", samples.certificate(ring="silver"))
    assert reading.pixels(plain.pdf, per_mm=4).getpixel((594, 249)) == (176, 30, 35)  # the lozenge under the title
    assert reading.pixels(silver.pdf, per_mm=4).getpixel((594, 249)) == (140, 147, 156)
    assert "样张" in reading.texts(engine.render("certificate", samples.certificate(draft=True)).pdf)[0]


def test_the_same_view_gives_the_same_bytes() -> None:
    one, two = (engine.render("certificate", samples.certificate()) for _ in range(2))
    assert one == two
    assert len(one.template_version) == 12


def test_a_batch_gives_the_same_pages_in_order() -> None:
    views = [samples.certificate(recipient=f"第{number}号公司") for number in range(1, 8)]
    made = engine.render_batch(views)
    for view, one in zip(views, made, strict=True):
        assert isinstance(one, engine.Rendered)
        assert one.pages == 1
        assert view.recipient in reading.texts(one.pdf)[0]
        single = engine.render("certificate", view)
        assert reading.pixels(one.pdf, per_mm=2).tobytes() == reading.pixels(single.pdf, per_mm=2).tobytes()
