"""Names of what is recorded of a 121 session, by their words in keys: for what computes, draws and tabulates them."""

from outcomes.plan.questions import PARTS

_LABELS = {
    "agenda_set": "Agenda set",
    "week_reviewed": "Week reviewed",
    "crisis_reviewed": "Crisis reviewed",
    "chain_analysis": "Chain analysis",
    "solution_analysis": "Solution analysis",
    "skills_generalised": "Skills generalised",
    "homework_reviewed": "Homework reviewed",
    "priority_target_worked_on": "Priority target worked on",
    "goal_set": "Goal set",
    "validation_and_change": "Validation and change",
    "cognitive_restructuring": "Cognitive restructuring",
    "homework_set": "Homework set",
    "behavioural_task_set": "Behavioural task set",
    "relationship_discussed": "Relationship discussed",
    "feedback": "Feedback",
    "plan_adjusted": "Plan adjusted",
    "closing_summary": "Closing summary",
}
COMPONENTS = {part: _LABELS[part] for part in PARTS}
# What was set in one session and reviewed in the next, and the part of a session that sets it.
HOMEWORK, TASK = "homework", "behavioural_task"
SET_IN = {HOMEWORK: "homework_set", TASK: "behavioural_task_set"}
FOLLOWED_UP = {
    HOMEWORK: "Homework that was reviewed the next time",
    TASK: "Behavioural task that was reviewed the next time",
}
REVIEWED_IN = "homework_reviewed"
MODES = {"in_person": "In person", "online": "Online", "phone": "By phone"}
# From the highest target of DBT to the lowest.
TARGETS = {
    "life_threatening": "Life-threatening behaviour",
    "therapy_interfering": "Therapy-interfering behaviour",
    "quality_of_life": "Quality of life",
    "skills": "Skills",
}
THIRDS = ("first", "middle", "last")  # of the programme
