"""Real Terraform: after apply, and after a change, the next plan is empty."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CLEAN, Server

PLUGINS = Path(os.environ.get("WHEATPASTE_TERRAFORM_PLUGINS") or "/opt/tf-plugins")
PROVIDER = """
provider "aws" {{
  region = "us-east-1"
  access_key = "test"
  secret_key = "test"
  skip_credentials_validation = true
  skip_metadata_api_check = true
  max_retries = 1
  endpoints {{
    glue = "{endpoint}"
    sts = "{endpoint}"
    iam = "{endpoint}"
  }}
}}
locals {{
  role = "arn:aws:iam::123456789012:role/R"
  script = "s3://b/k.py"
}}
"""
JOBS = """
resource "aws_glue_job" "plain" {{
  name = "{name}-plain"
  role_arn = local.role
  command {{ script_location = local.script }}
}}
resource "aws_glue_job" "capacity" {{
  name = "{name}-capacity"
  role_arn = local.role
  glue_version = "4.0"
  max_capacity = {capacity}
  command {{
    script_location = local.script
    python_version = "3"
  }}
}}
resource "aws_glue_job" "workers" {{
  name = "{name}-workers"
  role_arn = local.role
  description = "{description}"
  glue_version = "5.0"
  worker_type = "G.2X"
  number_of_workers = {workers}
  timeout = 30
  max_retries = 1
  execution_class = "FLEX"
  connections = ["c"]
  security_configuration = "sec"
  job_run_queuing_enabled = true
  default_arguments = {{ "--job-language" = "python", "--x" = "{description}", "--TempDir" = "s3://b/t/" }}
  non_overridable_arguments = {{ "--y" = "1" }}
  execution_property {{ max_concurrent_runs = 3 }}
  notification_property {{ notify_delay_after = 3 }}
  tags = {{ team = "{description}" }}
  command {{
    name = "glueetl"
    script_location = local.script
    python_version = "3"
  }}
}}
resource "aws_glue_job" "shell" {{
  name = "{name}-shell"
  role_arn = local.role
  max_capacity = 0.0625
  command {{
    name = "pythonshell"
    script_location = local.script
    python_version = "3.9"
  }}
}}
resource "aws_glue_job" "streaming" {{
  name = "{name}-streaming"
  role_arn = local.role
  worker_type = "G.025X"
  number_of_workers = 2
  maintenance_window = "Sun:10"
  command {{
    name = "gluestreaming"
    script_location = local.script
  }}
}}
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not (shutil.which("terraform") and PLUGINS.is_dir()), reason="no terraform with the AWS provider's files")
def test_the_next_plan_is_empty(server: Server, glue: Any, unique: str, tmp_path: Path) -> None:
    def terraform(*words: str) -> subprocess.CompletedProcess[str]:
        argv = ["terraform", words[0], "-no-color", "-input=false", *words[1:]]
        return subprocess.run(argv, cwd=tmp_path, env={**CLEAN, "CHECKPOINT_DISABLE": "1"}, capture_output=True, text=True, check=False)

    def apply(**values: object) -> None:
        text = PROVIDER.format(endpoint=server.endpoint) + JOBS.format(name=unique, **values)
        (tmp_path / "main.tf").write_text(text)
        applied = terraform("apply", "-auto-approve")
        assert applied.returncode == 0, applied.stdout + applied.stderr
        plan = terraform("plan", "-detailed-exitcode")
        assert plan.returncode == 0, plan.stdout + plan.stderr

    (tmp_path / "main.tf").write_text(PROVIDER.format(endpoint=server.endpoint))
    (tmp_path / "versions.tf").write_text('terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n')
    begun = terraform("init", f"-plugin-dir={PLUGINS}")
    assert begun.returncode == 0, begun.stdout + begun.stderr
    apply(capacity=5, description="one", workers=2)
    apply(capacity=6, description="two", workers=4)
    job = glue.get_job(JobName=f"{unique}-workers")["Job"]
    assert (job["NumberOfWorkers"], job["MaxCapacity"], job["DefaultArguments"]["--x"]) == (4, 8.0, "two")
    assert glue.get_job(JobName=f"{unique}-capacity")["Job"]["MaxCapacity"] == 6.0
    gone = terraform("destroy", "-auto-approve")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert len(glue.batch_get_jobs(JobNames=[f"{unique}-{n}" for n in ("plain", "capacity", "workers", "shell")])["JobsNotFound"]) == 4
