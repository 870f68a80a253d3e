#!/bin/bash
# Makes one cluster of the three nodes; once, after `docker compose up -d`.
# The password goes to curl on its standard input: in an argument every user of the machine could read it.
set -euo pipefail
: "${GERBANG_HUB_PASSWORD:?the password of the admin}"

# A text in a file of curl's options.
quoted() {
    local text=${1//\\/\\\\}
    printf '"%s"' "${text//\"/\\\"}"
}

# ask METHOD NODE PATH [JSON]
ask() {
    {
        printf 'request = %s\nurl = %s\nuser = %s\n' "$1" "$(quoted "http://$2:5984/$3")" \
            "$(quoted "admin:$GERBANG_HUB_PASSWORD")"
        [ -z "${4:-}" ] || printf 'header = "Content-Type: application/json"\ndata = %s\n' "$(quoted "$4")"
    } | docker compose exec -T couch1 curl --silent --show-error --fail-with-body --config -
}

for node in couch1.hub couch2.hub couch3.hub; do
    until ask GET "$node" _up > /dev/null; do
        echo "$node is not up yet"
        sleep 2
    done
done
for node in couch2.hub couch3.hub; do
    # What the documentation of _cluster_setup asks for, though a node that has an admin and listens on all addresses counts as enabled.
    ask POST couch1.hub _cluster_setup "{\"action\":\"enable_cluster\",\"bind_address\":\"0.0.0.0\",\"username\":\"admin\",\"password\":\"$GERBANG_HUB_PASSWORD\",\"port\":5984,\"node_count\":3,\"remote_node\":\"$node\",\"remote_current_user\":\"admin\",\"remote_current_password\":\"$GERBANG_HUB_PASSWORD\"}"
    ask POST couch1.hub _cluster_setup "{\"action\":\"add_node\",\"host\":\"$node\",\"port\":5984,\"username\":\"admin\",\"password\":\"$GERBANG_HUB_PASSWORD\"}"
done
ask POST couch1.hub _cluster_setup '{"action":"finish_cluster"}'
# One id for all three, by which replications know each other's checkpoints; the setup does not see to it.
id=$(ask GET couch1.hub _node/_local/_config/couchdb/uuid)
for node in couch2.hub couch3.hub; do
    ask PUT "$node" _node/_local/_config/couchdb/uuid "$id" > /dev/null
done
ask GET couch1.hub _cluster_setup
ask GET couch1.hub _membership
