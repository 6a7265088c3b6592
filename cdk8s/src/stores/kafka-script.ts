/** The start of the bundled Kafka, for any image with bash, java and Kafka's jars. */
export const KAFKA_SCRIPT = `#!/bin/bash
# Starts the one broker. The first time its storage is formatted, with the one user that may log in.
set -euo pipefail
data=/var/lib/kafka/data
java=(java -XX:+UseSerialGC -cp '/opt/kafka/libs/*' -Dlog4j2.configurationFile=/etc/quizboard/log4j2.properties)
# The mark comes last: a format that was cut short is done again.
if [ ! -e "$data/formatted" ]; then
  "\${java[@]}" kafka.tools.StorageTool format --ignore-formatted --cluster-id "$CLUSTER_ID" \\
    --config /etc/quizboard/server.properties \\
    --add-scram "SCRAM-SHA-512=[name=$KAFKA_USERNAME,password=$KAFKA_PASSWORD]" >/dev/null # It would show what the password is made into.
  touch "$data/formatted"
fi
exec "\${java[@]}" -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError kafka.Kafka /etc/quizboard/server.properties
`
