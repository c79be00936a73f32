"""The smallest sound criteria and scheme; tests spoil one line of them and count lines by hand."""

CRITERIA = """\
key: small
edition: "1"
name: {zh: 小准则, en: Small}
total: 100
percents: [0, 5, 10, 15]
categories:
  - key: one
    number: "1"
    name: {zh: 一, en: One}
    points: 60
    items:
      - key: "1.1"
        number: "1.1"
        name: {zh: 甲, en: First}
        points: 60
        kind: process
        requirements:
          - {key: a, text: {zh: 要点, en: Point}}
  - key: two
    number: "2"
    name: {zh: 二, en: Two}
    points: 40
    is_result: yes
    items:
      - key: "2.1"
        number: "2.1"
        name: {zh: 乙, en: Second}
        points: 40
        kind: process
        requirements:
          - {key: a, text: {zh: 要点, en: Point}}
factors:
  process:
    - key: approach
      name: {zh: 方法, en: Approach}
      about: {zh: 做法, en: Way of working}
bands:
  - key: low
    percents: [0, 5]
    name: {zh: 低, en: Low}
    descriptors:
      process: {zh: 低, en: Low}
      process.approach: {zh: 低, en: Low}
  - key: high
    percents: [10, 15]
    name: {zh: 高, en: High}
    descriptors:
      process: {zh: 高, en: High}
      process.approach: {zh: 高, en: High}
total_bands:
  - {key: t1, low: 0, high: 50, name: {zh: 下, en: Lower}, about: {zh: 下, en: Lower}}
  - {key: t2, low: 50, high: 100, name: {zh: 上, en: Upper}, about: {zh: 上, en: Upper}}
profile: []
"""

SCHEME = """\
key: small
edition: "1"
name: {zh: 办法, en: Measure}
authority: {zh: 市政府, en: City}
award: {zh: 质量奖, en: Award}
issuer: {zh: 市政府, en: City}
office: {zh: 评审办, en: Office}
cycle_years: {value: 2, source: art. 1}
vacancy_allowed: {value: yes, source: art. 1}
joint_seats: {value: {award: 3}, source: art. 1}
upper_award_money: {value: 0, source: assumed}
basis:
  - title: {zh: 办法, en: Measure}
    number: No. 1
    nature: {value: evaluation, source: art. 1}
categories:
  - key: organisation
    name: {zh: 组织, en: Organisations}
    source: art. 2
    criteria: gbt19580-2012
    sectors: {goods: {zh: 制造, en: Goods}, services: {zh: 服务, en: Services}}
    recommended_per_office: none
    quotas:
      - source: art. 3
        grade: award
        name: {zh: 质量奖, en: Award}
        seats: 3
        minimum: 500
        per_sector: {goods: 2, services: 2}
        at_least_sector: {goods: 1}
        at_least_small: 0
        money: 1000
    conditions:
      - {key: lawful, source: art. 4, text: {zh: 合法, en: Lawful}}
stages:
  - {kind: setup, source: art. 5, title: {zh: 筹备, en: Setup}, planned_days: 1, held: system, weight: none}
  - {kind: apply, source: art. 5, title: {zh: 申报, en: Apply}, planned_days: 1, held: system, weight: none}
  - {kind: accept, source: art. 5, title: {zh: 受理, en: Accept}, planned_days: 1, held: system, weight: none}
  - {kind: assign, source: art. 5, title: {zh: 派件, en: Assign}, planned_days: 1, held: system, weight: none}
  - {kind: score, source: art. 5, title: {zh: 评分, en: Score}, planned_days: 1, held: system, weight: 60}
  - {kind: site, source: art. 5, title: {zh: 现场, en: Site}, planned_days: 1, held: paper, weight: 40}
  - {kind: notice, source: art. 5, title: {zh: 公示, en: Notice}, planned_days: 1, held: system, weight: none}
  - {kind: approve, source: art. 5, title: {zh: 批准, en: Approve}, planned_days: 1, held: system, weight: none}
  - {kind: publish, source: art. 5, title: {zh: 公布, en: Publish}, planned_days: 1, held: system, weight: none}
  - {kind: archive, source: art. 5, title: {zh: 归档, en: Archive}, planned_days: 1, held: system, weight: none}
scoring:
  source: art. 6
  method: drop
  drop: 1
  minimum_sheets: 3
  fallback: refuse
  on: totals
  places: 2
  rounding: half_up
  ties: [results, "category:4.1", "item:4.7.2"]
  cutoff: refer
  factor_mode: advisory
  dispersion_limit: 20
  leader_weight: 1
  minimum_on: published
  missing_stage: ineligible
  deviation_points: none
  deviation_from: median_of_others
  sector_seats: fixed
eligibility:
  source: assumed
  years_registered: {value: 3, source: art. 7}
  years_excellence_model: 3
  clean_years: 3
  penalty_free_years: 0
  reapply_bar_years: 4
  reapply_bar_rounds: 0
  reapply_bar_subsidiaries: no
  fraud_bar_years: 4
  fraud_bar_rounds: 0
  event_bar_years: 3
  event_bar_rounds: 0
  internal_notice_days: 5
application:
  source: assumed
  withdraw_until: accept
  corrections: 1
  correction_days: 5
  profile_characters: 3000
  item_characters: 5000
  total_characters: 60000
  file_mib: 50
  total_mib: 500
  files: 60
panel: {source: assumed, size: 3, same_institution: 1, strengths_from_percent: 50, declaration_required: yes, \
leader_required: yes, most_applications: none}
notice: {source: assumed, days: 5, unit: working, real_name: yes, answer_working_days: 5}
certificate:
  source: assumed
  number: No. {year}-{serial}
  validity_years: 5
  renewable: no
  wording: {zh: 授予, en: awards}
vote: none
upward:
  - {key: up, source: art. 1, award: {zh: 省质量奖, en: Upper}, scheme: anhui-province, recommended: {organisation: 2}}
result: {value: award, source: art. 1}
feedback_reports: {value: yes, source: assumed}
"""


def spoilt(text: str, old: str, new: str) -> str:
    """The text with one passage replaced, which must stand in it exactly once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)
