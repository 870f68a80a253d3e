#!/bin/bash
# Makes one cluster of the three nodes; once, after `docker compose up -d`.
# The password goes to curl on its standard input: in an argument every user of the machine could read it.
set -euo pipefail
: "${GERBANG_HUB_PASSWORD:?the password of the admin}"

ask() {
    docker compose exec -T couch1 curl --silent --show-error --fail-with-body --config - <<EOF
url = "http://127.0.0.1:5984/_cluster_setup"
user = "admin:$GERBANG_HUB_PASSWORD"
header = "Content-Type: application/json"
data = "${1//\"/\\\"}"
EOF
}

for node in couch2.hub couch3.hub; do
    ask "{\"action\":\"enable_cluster\",\"bind_address\":\"0.0.0.0\",\"username\":\"admin\",\"password\":\"$GERBANG_HUB_PASSWORD\",\"port\":5984,\"node_count\":3,\"remote_node\":\"$node\",\"remote_current_user\":\"admin\",\"remote_current_password\":\"$GERBANG_HUB_PASSWORD\"}"
    ask "{\"action\":\"add_node\",\"host\":\"$node\",\"port\":5984,\"username\":\"admin\",\"password\":\"$GERBANG_HUB_PASSWORD\"}"
done
ask "{\"action\":\"finish_cluster\"}"
