"""Glue Data Quality: rulesets, their evaluation on catalog tables by a real Spark driver, and results, those of jobs included."""

from wheatpaste.services.glue.quality import evaluation_task, evaluations, recommendation_task, recommendations, results, rulesets

__all__ = ["evaluation_task", "evaluations", "recommendation_task", "recommendations", "results", "rulesets"]
