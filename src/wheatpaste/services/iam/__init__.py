"""AWS IAM: users, groups, roles, instance profiles, policies and access keys.

Policies are kept and given back; they are not evaluated yet (see auth/authorize.py), so everything that grants is published as *stored*.
"""

from wheatpaste.service import Service

iam = Service("iam", scope="global")

from wheatpaste.services.iam import access_keys, attachments, groups, inline, policies, profiles, roles, tags, users  # noqa: E402, F401 - registers the operations
