{{/* The name of the operator's objects: the release's, with the chart's behind it unless it is in there. */}}
{{- define "quizboard.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- printf "%s-operator" (.Release.Name | trunc 40 | trimSuffix "-") -}}
{{- else -}}
{{- printf "%s-%s-operator" (.Release.Name | trunc 25 | trimSuffix "-") ($name | trunc 20) -}}
{{- end -}}
{{- end -}}

{{/* Never changes: a Deployment cannot select otherwise later. */}}
{{- define "quizboard.selector" -}}
app.kubernetes.io/name: quizboard-operator
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{/* (list . more): the labels of ours and more; ours win. */}}
{{- define "quizboard.labelsWith" -}}
{{- merge (include "quizboard.labels" (first .) | fromYaml) (last .) | toYaml -}}
{{- end -}}

{{/* Of everything but pods' selectors. Not part of "quizboard": monitors of platforms select by that. */}}
{{- define "quizboard.labels" -}}
app.kubernetes.io/name: quizboard-operator
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: quizboard-operator
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ include "quizboard.version" . | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* Of the operator, and of platforms that name none. */}}
{{- define "quizboard.version" -}}
{{- default .Chart.AppVersion .Values.image.tag -}}
{{- end -}}

{{- define "quizboard.image" -}}
{{- $name := .Values.image.repository -}}
{{- if .Values.image.registry -}}
{{- $name = printf "%s/%s" .Values.image.registry $name -}}
{{- end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (include "quizboard.version" .) -}}
{{- end -}}
{{- end -}}

{{- define "quizboard.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "quizboard.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* As a JSON list, sorted: the release's own namespace, and those that are named. */}}
{{- define "quizboard.namespaces" -}}
{{- append .Values.watch.namespaces .Release.Namespace | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* Fields of a pod's spec: as Pod Security "restricted" wants it, and a little stricter. */}}
{{- define "quizboard.podSecurity" -}}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.operator.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.operator.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.operator.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 16Mi
{{- end -}}

{{/* Fields of a container of the operator's image. */}}
{{- define "quizboard.container" -}}
image: {{ include "quizboard.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
resources:
  {{- toYaml .Values.operator.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end -}}

{{/* Of a NetworkPolicy: the API server is no pod, no selector names it. */}}
{{- define "quizboard.apiServerEgress" -}}
- ports:
    {{- range .Values.networkPolicy.apiServerPorts }}
    - port: {{ . }}
      protocol: TCP
    {{- end }}
  {{- with .Values.networkPolicy.apiServerCidrs }}
  to:
    {{- range . }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- end }}
  {{- end }}
- ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
{{- end -}}
