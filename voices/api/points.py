"""GET /jobs/{id}/points/: what a training has measured at its steps."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.serializers.base import validated
from voices.models import TrainingPoint
from voices.selectors.jobs import job_get
from voices.selectors.points import POINTS_AT_ONCE, points_after


class PointOutput(serializers.ModelSerializer):
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))

    class Meta:
        model = TrainingPoint
        fields = ("step", "values")


class PointsOutput(serializers.Serializer):
    points = PointOutput(many=True)
    more = serializers.BooleanField(help_text="Ask again after the last of these steps.")


class PointsFilter(serializers.Serializer):
    after = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**63 - 1,
        help_text="A step; left out: from the first on.",
    )


class JobPointsApi(APIView):
    """What a training has measured, step by step; a thousand points at once."""

    @extend_schema(
        operation_id="jobs_points", parameters=[PointsFilter], responses={200: PointsOutput}
    )
    def get(self, request: Request, job_id: UUID) -> Response:
        values = validated(PointsFilter, request.query_params)
        job = job_get(owner=owner_of(request), job_id=job_id)
        points = points_after(job=job, step=values.get("after"))
        body = {"points": points, "more": len(points) == POINTS_AT_ONCE}
        return Response(PointsOutput(body).data)
