"""Resumes and listings of people and firms that do not exist, for the tests of the local analyzer."""

from datetime import date
from uuid import UUID

from jatify_adapters.local.analyzer import judge
from jatify_core.analysis import AnalysisId, Findings, Material
from jatify_core.report import Report, SubScore

TODAY = date(2026, 11, 24)

DEVELOPER = """\
Kim Okafor
kim.okafor@example.com | +44 20 7946 0958 | Leeds
SUMMARY
Backend developer who likes systems that stay up at night.
EXPERIENCE
Senior Backend Engineer, Northwind, Mar 2020 - Present
- Built Python services with FastAPI and PostgreSQL that serve 40,000 requests a minute.
- Moved 12 services to Kubernetes on AWS and cut the monthly bill by 30%.
- Introduced CI/CD pipelines and unit tests; releases went from monthly to daily.
- Mentored 4 junior engineers.
Software Developer, Contoso, Jan 2016 - Feb 2020
- Wrote REST APIs in Django for 200 customers.
- Tuned SQL queries and Redis caching, halving page load times.
EDUCATION
Bachelor of Science in Computer Science, University of Leeds, 2015
SKILLS
Python, Docker, Kafka, Terraform, Git
INTERESTS
Climbing, choral singing
"""

NURSE = """\
Lena Marsh
lena.marsh@example.com | (555) 010-4477
PROFILE
Certified nursing assistant who enjoys long shifts in good company.
WORK EXPERIENCE
Nursing Assistant, St. Brigid Hospital, June 2019 - Present
- Take and record vital signs of 14 patients each night and report changes to the nurse in charge.
- Bathe, feed and move patients after transplant surgery; no fall in two years.
- Collect specimens and measure intake and output on every round.
- Trained 6 new assistants in hand hygiene and infection control.
Care Assistant, Rosewood Nursing Home, 05/2016 - 05/2019
- Looked after 11 residents with dementia, and wrote care plans with their families.
EDUCATION
High School Diploma, 2015
CERTIFICATIONS
CNA, CPR and First Aid (2024)
SKILLS
Patient care, Spanish, electronic health records
"""

DRIVER = """\
Omar Reyes
omar.reyes@example.com | 555-010-9921
EXPERIENCE
Class A Truck Driver, Blue Mesa Freight, Feb 2018 - Present
- Drove a tractor-trailer 110,000 miles a year over mountain routes without an accident.
- Inspected the vehicle before each trip and reported defects within the hour.
- Loaded and secured freight for 9 shippers; kept electronic logs within hours of service.
Delivery Driver, Parcelo, 2014 - 2018
- Made 120 deliveries a day and trained 5 drivers.
EDUCATION
High School Diploma, 2013
CERTIFICATIONS
CDL Class A, hazmat endorsement, clean driving record
SKILLS
Route planning, forklift
"""

ELECTRICIAN = """\
Ruth Vance
ruth.vance@example.com | +1 555 010 7788
EXPERIENCE
Industrial Electrician, Harrow Mills, Apr 2015 - Present
- Completed 400 preventive and corrective maintenance orders a year and logged each in the CMMS.
- Programmed Allen Bradley PLC and HMI screens; unplanned stops fell by 35%.
- Installed conduit and wiring for 3 new production lines.
- Repaired motors, drives and other mechanical equipment of the shop.
EDUCATION
Associate degree in Electrical Technology, 2014
CERTIFICATIONS
Licensed journeyman electrician, OSHA 10
SKILLS
Troubleshooting, blueprint reading, lockout/tagout
"""

BACKEND = """\
Senior Backend Engineer
Acme

We run a marketplace for spare parts.

Requirements
- 5+ years of experience with Python
- Strong knowledge of PostgreSQL and Redis
- Experience with Kubernetes or ECS, and with AWS
- You must have worked with CI/CD pipelines
- Bachelor's degree in Computer Science or equivalent experience

Nice to have
- Kafka
- Terraform

Benefits
- Free lunch, gym and a game room
"""

NURSING = """\
Nursing Assistant
County Hospital

Responsibilities
- Take and record vital signs
- Collect specimens, measure and record intake and output
- Report unusual observations to the nurse
- Help patients with bathing and feeding

Requirements
- CNA certification and CPR
- At least two years of experience in patient care
- High school diploma
- Knowledge of infection control
"""

DRIVING = """\
Class A Truck Driver
Road Runner

What you need
- Valid CDL Class A and a clean driving record
- Minimum of three years of experience with tractor-trailers
- Vehicle inspections before each trip, reporting of defects
- Loading, unloading and securing freight
Nice to have: hazmat endorsement
"""

ELECTRICAL = """\
industrial electrician

execute preventive corrective maintenance order assigned
cmms program properly document activity performed
assigned shop general mechanical maintenance
knowledge tool equipment material common electrical trade
allen bradley plc hardware plc programming hmi
"""

IDEALS = {"backend": DEVELOPER, "nursing": NURSE, "driving": DRIVER, "electrical": ELECTRICIAN}
LISTINGS = {"backend": BACKEND, "nursing": NURSING, "driving": DRIVING, "electrical": ELECTRICAL}


def material(resume: str, listing: str | None) -> Material:
    return Material(AnalysisId(UUID(int=1)), resume, listing, "seeker")


def findings(resume: str, listing: str | None) -> Findings:
    outcome = judge(resume, listing, TODAY)
    assert isinstance(outcome, Findings)
    return outcome


def report(resume: str, listing: str | None) -> Report:
    """The report as the core makes it: scored and checked."""
    return Report.checked(findings(resume, listing).proposal, resume, listing)


def aspect(made: Report, key: str) -> SubScore:
    return next(score for score in made.sub_scores if score.key == key)


def skill_names(made: Report) -> tuple[set[str], set[str]]:
    """The names of matched and of missing skills."""
    return {skill.name for skill in made.matched_skills}, {skill.name for skill in made.missing_skills}
