"""An organization's own people, sites, devices and enrolment codes."""
