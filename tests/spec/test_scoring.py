"""How each instrument is scored, as small drawn tables: answers as they stand in the file, then the score.

A dot is a missing answer. Every example is worked by hand in the comment beside it.
"""

import numpy as np
import pytest

from outcomes.instruments import read_instrument
from outcomes.scoring import ScoringSettings, score_items


def draw(text):
    """One questionnaire a line; numbers in the order of the form, a dot where nothing was answered."""
    rows = [line.split() for line in text.strip().splitlines()]
    return np.array([[np.nan if cell == "." else float(cell) for cell in row] for row in rows])


def total(name, text, **settings):
    return list(score_items(draw(text), read_instrument(name), ScoringSettings(**settings)).total)


def subscales(name, text, **settings):
    scored = score_items(draw(text), read_instrument(name), ScoringSettings(**settings)).subscales
    return {key: values[0] for key, values in scored.items()}


#        1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
DTS = "  2 1 3 1 4 1 5 5 4  4  3  3  5  5  4"
#  tolerance  1 3 5             2 3 4        mean 3
#  absorption 2 4 15            1 1 4        mean 2
#  appraisal  6 7 9 10 11 12    1→5 5 4 4 3 3  mean 4
#  regulation 8 13 14           5 5 5        mean 5


class TestDistressToleranceScale:
    def test_the_total_is_the_mean_of_the_four_subscale_means_and_not_of_the_items(self):
        assert total("DTS", DTS) == [3.5]  # (3 + 2 + 4 + 5) / 4; the mean of the 15 items would be 3.6

    def test_item_6_alone_is_reversed(self):
        assert subscales("DTS", DTS) == {"tolerance": 3, "absorption": 2, "appraisal": 4, "regulation": 5}

    def test_under_the_opposite_coding_every_item_but_6_is_reversed(self):
        #      the same person, options numbered the other way: every answer x stands as 6 − x
        #         1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
        mirror = "4 5 3 5 2 5 1 1 2  2  3  3  1  1  2"
        assert total("DTS", mirror, coding="opposite") == [3.5]
        assert total("DTS", mirror) == [2.5]  # read as published, the score is mirrored: 6 − 3.5

    def test_item_6_may_arrive_reversed(self):
        recoded = "2 1 3 1 4 5 5 5 4 4 3 3 5 5 4"
        assert total("DTS", recoded, items_already_reversed=True) == [3.5]
        assert total("DTS", recoded, reverse_items=()) == [3.5]

    def test_item_6_may_arrive_reversed_in_a_file_of_the_opposite_coding(self):
        recoded_mirror = "4 5 3 5 2 1 1 1 2 2 3 3 1 1 2"
        assert total("DTS", recoded_mirror, coding="opposite", items_already_reversed=True) == [3.5]

    def test_a_subscale_with_one_item_missing_is_the_mean_of_the_others(self):
        #       1 2 3 4 5 6 7 8 9 10 11 12 13 14 15      tolerance: mean of 2 and 4 is 3
        assert total("DTS", "2 1 . 1 4 1 5 5 4 4 3 3 5 5 4") == [3.5]

    def test_with_two_items_of_one_subscale_missing_there_is_no_total(self):
        assert np.isnan(total("DTS", ". 1 . 1 4 1 5 5 4 4 3 3 5 5 4")).all()

    def test_with_four_items_missing_there_is_no_total(self):
        assert np.isnan(total("DTS", "2 . . 1 4 . 5 . 4 4 3 3 5 5 4")).all()


class TestDifficultiesInEmotionRegulation:
    def test_the_36_items_are_summed_after_eleven_are_reversed(self):
        #        1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36
        person = "5 4 1 2 1 5 4 3 2  5  1  1  2  1  1  1  4  2  1  4  1  5  1  5  1  3  1  1  1  1  2  1  3  4  1  1"
        # awareness 2 6 8 10 17 34: 4 5 3 5 4 4 → 2 1 3 1 2 2 = 11      clarity 1 4 5 7 9: 5→1, 2, 1, 4→2, 2 = 8
        # goals 13 18 20 26 33: 2 2 4→2 3 3 = 12                        impulse 3 14 19 24 27 32: 1 1 1 5→1 1 1 = 6
        # strategies 15 16 22 28 30 31 35 36: 1 1 5→1 1 1 2 1 1 = 9     nonacceptance: six times 1 = 6
        assert subscales("DERS-36", person) == {
            "nonacceptance": 6,
            "goals": 12,
            "impulse": 6,
            "awareness": 11,
            "strategies": 9,
            "clarity": 8,
        }
        assert total("DERS-36", person) == [52]

    def test_the_16_items_are_summed_as_they_stand(self):
        #                      1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
        assert total("DERS-16", "1 2 3 4 5 1 2 3 4  5  1  2  3  4  5  1") == [46]

    def test_prorating_multiplies_the_mean_of_the_answered_items(self):
        #  13 items answered with 3 each: 16 × 3 = 48; a fourth missing item is one too many
        assert total("DERS-16", ". . . 3 3 3 3 3 3 3 3 3 3 3 3 3") == [48]
        assert np.isnan(total("DERS-16", ". . . . 3 3 3 3 3 3 3 3 3 3 3 3")).all()

    def test_a_subscale_of_two_items_is_never_prorated(self):
        assert np.isnan(subscales("DERS-16", ". 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3")["clarity"])

    def test_the_18_items_turn_the_three_of_awareness(self):
        #         1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18      awareness 1 4 6: 5 5 4 → 1 1 2
        person = "5 1 1 5 1 4 1 1 1  1  1  1  1  1  1  1  1  1"
        assert subscales("DERS-18", person)["awareness"] == 4
        assert total("DERS-18", person) == [19]


class TestFiveFacetMindfulness:
    #          1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
    PERSON = " 3 4 2 2 3 4 1 3 1  3  5  4  1  2  2"
    # observe 1 6 11: 3 4 5 = 12     describe 2 7 12: 4 1→5 4 = 13    act_aware 3 8 13: 2 3 1 → 4 3 5 = 12
    # nonjudge 4 9 14: 2 1 2 → 4 5 4 = 13                            nonreact 5 10 15: 3 3 2 = 8

    def test_the_15_items_are_summed_after_seven_are_reversed(self):
        expected = {"observe": 12, "describe": 13, "act_aware": 12, "nonjudge": 13, "nonreact": 8}
        assert subscales("FFMQ-15", self.PERSON) == expected
        assert total("FFMQ-15", self.PERSON) == [58]

    def test_observe_can_be_left_out(self):
        assert total("FFMQ-15", self.PERSON, score="without_observe") == [46]

    def test_a_facet_can_be_the_measure_as_sum_or_mean(self):
        assert total("FFMQ-15", self.PERSON, score="nonreact") == [8]
        assert total("FFMQ-15", self.PERSON, score="observe.mean") == [4]


class TestSymptoms:
    def test_the_borderline_symptom_list_is_a_mean_or_a_sum(self):
        person = "1 2 3 4 0 1 2 3 4 0 1 2 3 4 0 1 2 3 4 0 1 2 3"  # 46
        assert total("BSL-23", person) == [2]
        assert total("BSL-23", person, score="sum") == [46]

    def test_phq_9_and_gad_7_are_sums_prorated_with_at_most_two_missing(self):
        assert total("PHQ-9", "0 1 2 3 3 2 1 0 1") == [13]
        assert total("PHQ-9", "2 2 . 2 2 . 2 2 2") == [18]  # 9 × 2
        assert np.isnan(total("PHQ-9", "2 2 . 2 2 . 2 . 2")).all()
        assert total("GAD-7", "3 3 3 0 0 0 1") == [10]

    def test_core_10_turns_items_2_and_3_unless_the_form_did(self):
        assert total("CORE-10", "1 4 3 2 0 0 1 0 2 3") == [10]  # 1 + 0 + 1 + 2 + 0 + 0 + 1 + 0 + 2 + 3
        assert total("CORE-10", "1 0 1 2 0 0 1 0 2 3", items_already_reversed=True) == [10]

    def test_core_10_is_ten_times_the_mean_of_the_answered_items(self):
        assert total("CORE-10", "1 3 3 1 1 1 1 1 1 .") == [10]
        assert np.isnan(total("CORE-10", "1 3 3 1 1 1 1 1 . .")).all()

    def test_dass_21_is_doubled_unless_asked_not_to(self):
        #         1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21   depression 3 5 10 13 16 17 21: 1 2 3 0 1 2 3
        person = "0 0 1 0 2 0 0 0 0  3  0  0  0  0  0  1  2  0  0  0  3"
        assert total("DASS-21", person, score="depression") == [24]
        assert total("DASS-21", person, score="depression.undoubled") == [12]


class TestOtherForms:
    def test_the_well_being_index_is_four_times_the_sum(self):
        assert total("WHO-5", "5 4 3 2 1") == [60]
        assert total("WHO-5", "5 4 3 2 1", score="raw") == [15]

    def test_work_and_social_adjustment_without_work_is_prorated_or_left_out(self):
        assert total("WSAS", "8 4 4 2 2") == [20]
        assert total("WSAS", ". 4 4 2 2") == [15]  # 5 × 3
        assert total("WSAS", ". 4 4 2 2", score="without_work") == [12]

    def test_the_working_alliance_is_a_sum_or_a_mean(self):
        person = "5 4 3 5 4 3 5 4 3 5 4 3"  # 48
        assert total("WAI-SR", person) == [48]
        assert total("WAI-SR", person, score="mean") == [4]

    def test_ways_of_coping_has_skills_use_as_its_score(self):
        skills = set(read_instrument("DBT-WCCL").subscales["skills_use"].items)
        person = " ".join("2" if item in skills else "1" for item in range(1, 60))
        assert total("DBT-WCCL", person) == [2]
        assert total("DBT-WCCL", person, score="dysfunctional_general") == [1]

    def test_the_kentucky_inventory_turns_eighteen_items(self):
        everyone_fives = " ".join(["5"] * 39)  # 21 items stay at 5, 18 become 1
        assert total("KIMS", everyone_fives) == [21 * 5 + 18]


class TestMissingAndImpossibleAnswers:
    def test_the_cap_is_a_setting(self):
        person = "2 2 . 2 2 2 2 2 2"
        assert np.isnan(total("PHQ-9", person, maximum_missing=0)).all()
        assert total("PHQ-9", "2 2 . 2 2 . . 2 2", maximum_missing=3) == [18]

    def test_a_questionnaire_without_an_answer_has_no_score(self):
        assert np.isnan(total("WHO-5", ". . . . .")).all()

    @pytest.mark.parametrize("impossible", ["7", "-1", "99"])
    def test_an_impossible_answer_is_never_scored_over(self, impossible):
        scored = score_items(draw(f"{impossible} 2 2 2 2"), read_instrument("WHO-5"), ScoringSettings())
        assert np.isnan(scored.total).all()
        assert scored.impossible.all()
        assert not scored.prorated.any()
