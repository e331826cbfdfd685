{{- define "handset.name" -}}
{{- printf "%s" (ternary .Release.Name (printf "%s-handset" .Release.Name) (contains "handset" .Release.Name)) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "handset.selector" -}}
app.kubernetes.io/name: handset
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "handset.labels" -}}
{{ include "handset.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "handset.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "handset.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "handset.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}
