# The services, once: a new one is its folder under services/ and its line here. What names them elsewhere reads this list:
# proto/ and services/ by it, C++ through common/services (ServiceNames) and services/standalone (Modules).
set(TREMPLIN_SERVICES
    registration
    referral
    matching
    session
    outcome
    notification)
