"""Names of what is recorded of a 121 session, by their words in keys: for what computes, draws and tabulates them."""

COMPONENTS = {
    "agenda_set": "Agenda set",
    "week_reviewed": "Week reviewed",
    "chain_analysis": "Chain analysis",
    "solution_analysis": "Solution analysis",
    "skills_generalised": "Skills generalised",
    "homework_reviewed": "Homework reviewed",
    "homework_set": "Homework set",
    "validation_and_change": "Validation and change",
    "feedback": "Feedback",
    "closing_summary": "Closing summary",
}
HOMEWORK = "homework"  # what was set in one session and reviewed in the next
# From the highest target of DBT to the lowest.
TARGETS = {
    "life_threatening": "Life-threatening behaviour",
    "therapy_interfering": "Therapy-interfering behaviour",
    "quality_of_life": "Quality of life",
    "skills": "Skills",
}
THIRDS = ("first", "middle", "last")  # of the programme
