{{/* Everything below is called with a dict: root, and for one process name and its process (defaults overridden). */}}

{{- define "tremplin.name" -}}
{{ .root.Release.Name }}-{{ .name }}
{{- end }}

{{- define "tremplin.selector" -}}
app.kubernetes.io/name: tremplin
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .name }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "tremplin.labels" -}}
{{ include "tremplin.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* The processes there are, as JSON: name → process. */}}
{{- define "tremplin.processes" -}}
{{- $root := . -}}
{{- $processes := dict -}}
{{- if eq .Values.shape "standalone" -}}
{{- $_ := set $processes "standalone" (mergeOverwrite (deepCopy .Values.defaults) (dict "replicas" 1 "autoscaling" (dict "kind" "none"))) -}}
{{- else -}}
{{- range $name, $own := .Values.services -}}
{{- $process := mergeOverwrite (deepCopy $root.Values.defaults) (deepCopy ($own | default dict)) -}}
{{- if gt (int $process.autoscaling.max) (int $root.Values.stores.partitions) -}}
{{- fail (printf "services.%s.autoscaling.max: more than stores.partitions; the rest would have nothing to read" $name) -}}
{{- end -}}
{{- if $process.enabled -}}{{- $_ := set $processes $name $process -}}{{- end -}}
{{- end -}}
{{- $gateway := mergeOverwrite (deepCopy .Values.defaults) (deepCopy .Values.gateway) -}}
{{- if eq $gateway.autoscaling.kind "lag" -}}{{- $_ := set $gateway.autoscaling "kind" "cpu" -}}{{- end -}}{{/* it reads no topic */}}
{{- if $gateway.enabled -}}{{- $_ := set $processes "gateway" $gateway -}}{{- end -}}
{{- end -}}
{{ $processes | toJson }}
{{- end }}

{{- define "tremplin.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* What Pod Security calls restricted. */}}
{{- define "tremplin.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false # their variables would look like our keys
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "tremplin.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* The keys of a configuration as the environment: log-level → TREMPLIN_LOG_LEVEL. */}}
{{- define "tremplin.environment" -}}
{{- range $key, $value := . }}
- {name: TREMPLIN_{{ $key | upper | replace "-" "_" }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end }}

{{/* Where the stores are and what they ask for, as keys of the configuration, in JSON. */}}
{{- define "tremplin.redis" -}}
{{- $keys := dict "redis" .Values.stores.redis -}}
{{- with .Values.stores.redisUser }}{{ $_ := set $keys "redis-user" . }}{{ end -}}
{{- if .Values.secrets.redis }}{{ $_ := set $keys "redis-password-file" "/etc/tremplin/redis/password" }}{{ end -}}
{{ $keys | toJson }}
{{- end }}

{{- define "tremplin.kafka" -}}
{{- $keys := dict "kafka" .Values.stores.kafka -}}
{{- if .Values.secrets.kafka }}{{ $_ := set $keys "kafka-security-file" "/etc/tremplin/kafka/security.properties" }}{{ end -}}
{{ $keys | toJson }}
{{- end }}

{{- define "tremplin.peers" -}}
{{- $peers := list -}}
{{- range $name, $_ := .Values.services -}}
{{- $peers = append $peers (printf "%s=%s-%s:7400" $name $.Release.Name $name) -}}
{{- end -}}
{{ join "," $peers }}
{{- end }}

{{/* A database URI by reference. */}}
{{- define "tremplin.databaseEnvironment" -}}
- {name: {{ .variable }}, valueFrom: {secretKeyRef: {name: {{ .root.Values.secrets.database }}, key: {{ .key }}}}}
{{- end }}
