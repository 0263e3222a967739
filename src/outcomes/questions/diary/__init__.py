"""Daily life: urges, acts and days with a skill used, week by week, from the diary card."""
