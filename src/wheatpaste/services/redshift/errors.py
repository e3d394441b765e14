"""The errors of Redshift's API."""

from wheatpaste.wire.errors import aws_error

ClusterAlreadyExistsFault = aws_error("redshift", "ClusterAlreadyExistsFault")
ClusterNotFoundFault = aws_error("redshift", "ClusterNotFoundFault")
InvalidClusterStateFault = aws_error("redshift", "InvalidClusterStateFault")
ClusterParameterGroupAlreadyExistsFault = aws_error("redshift", "ClusterParameterGroupAlreadyExistsFault")
ClusterParameterGroupNotFoundFault = aws_error("redshift", "ClusterParameterGroupNotFoundFault")
ClusterSubnetGroupAlreadyExistsFault = aws_error("redshift", "ClusterSubnetGroupAlreadyExistsFault")
ClusterSubnetGroupNotFoundFault = aws_error("redshift", "ClusterSubnetGroupNotFoundFault")
ResourceNotFoundFault = aws_error("redshift", "ResourceNotFoundFault")
UnsupportedOperationFault = aws_error("redshift", "UnsupportedOperationFault")
