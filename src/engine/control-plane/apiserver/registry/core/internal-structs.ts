const container =
  'Name:s Image:s Command:[]raw Args:[]raw WorkingDir:s Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar ' +
  'Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:* RestartPolicyRules:[]ContainerRestartRule ' +
  'VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe ' +
  'Lifecycle:*Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*SecurityContext ' +
  'Stdin:b StdinOnce:b TTY:b:tty';

/**
 * The structs of upstream's internal Pod API as `GoName:type[:jsonName]`, in Go's order. Types are explained at `internalForm`;
 * hostNetwork and its like belong to PodSecurityContext here, see `internalPodSpec`.
 * @upstream pkg/apis/core/types.go
 */
export const internalStructs: { readonly [struct: string]: string } = {
  PodSpec:
    'Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers:[]EphemeralContainer RestartPolicy:s ' +
    'TerminationGracePeriodSeconds:* ActiveDeadlineSeconds:* DNSPolicy:s:dnsPolicy NodeSelector:map ServiceAccountName:s ' +
    'AutomountServiceAccountToken:* NodeName:s SecurityContext:*PodSecurityContext ImagePullSecrets:[]LocalObjectReference Hostname:s ' +
    'Subdomain:s SetHostnameAsFQDN:* Affinity:*Affinity SchedulerName:s Tolerations:[]Toleration HostAliases:[]HostAlias ' +
    'PriorityClassName:s Priority:* PreemptionPolicy:* DNSConfig:*PodDNSConfig:dnsConfig ReadinessGates:[]PodReadinessGate ' +
    'RuntimeClassName:* Overhead:map EnableServiceLinks:* TopologySpreadConstraints:[]TopologySpreadConstraint OS:*PodOS:os ' +
    'SchedulingGates:[]PodSchedulingGate ResourceClaims:[]PodResourceClaim Resources:*ResourceRequirements HostnameOverride:* ' +
    'SchedulingGroup:*PodSchedulingGroup',
  PodSecurityContext:
    'HostNetwork:b HostPID:b:hostPID HostIPC:b:hostIPC ShareProcessNamespace:* HostUsers:* SELinuxOptions:*SELinuxOptions:seLinuxOptions ' +
    'WindowsOptions:*WindowsSecurityContextOptions RunAsUser:* RunAsGroup:* RunAsNonRoot:* SupplementalGroups:[]raw ' +
    'SupplementalGroupsPolicy:* FSGroup:*:fsGroup FSGroupChangePolicy:*:fsGroupChangePolicy Sysctls:[]Sysctl ' +
    'SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile SELinuxChangePolicy:*:seLinuxChangePolicy',
  SecurityContext:
    'Capabilities:*Capabilities Privileged:* SELinuxOptions:*SELinuxOptions:seLinuxOptions WindowsOptions:*WindowsSecurityContextOptions ' +
    'RunAsUser:* RunAsGroup:* RunAsNonRoot:* ReadOnlyRootFilesystem:* AllowPrivilegeEscalation:* ProcMount:* ' +
    'SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile',
  Capabilities: 'Add:[]raw Drop:[]raw',
  SELinuxOptions: 'User:s Role:s Type:s Level:s',
  WindowsSecurityContextOptions:
    'GMSACredentialSpecName:*:gmsaCredentialSpecName GMSACredentialSpec:*:gmsaCredentialSpec RunAsUserName:* HostProcess:*',
  SeccompProfile: 'Type:s LocalhostProfile:*',
  AppArmorProfile: 'Type:s LocalhostProfile:*',
  Sysctl: 'Name:s Value:s',
  LocalObjectReference: 'Name:s',
  ObjectReference: 'Kind:s Namespace:s Name:s UID:s:uid APIVersion:s:apiVersion ResourceVersion:s FieldPath:s',
  EventSource: 'Component:s Host:s',
  SecretReference: 'Name:s Namespace:s',
  Container: container,
  EphemeralContainer: `${container} TargetContainerName:s`,
  ContainerPort: 'Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s:hostIP',
  EnvFromSource: 'Prefix:s ConfigMapRef:*OptionalReference SecretRef:*OptionalReference',
  OptionalReference: 'Name:s Optional:*',
  EnvVar: 'Name:s Value:s ValueFrom:*EnvVarSource',
  EnvVarSource:
    'FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector ConfigMapKeyRef:*KeySelector SecretKeyRef:*KeySelector ' +
    'FileKeyRef:*FileKeySelector',
  ObjectFieldSelector: 'APIVersion:s:apiVersion FieldPath:s',
  ResourceFieldSelector: 'ContainerName:s Resource:s Divisor:q',
  KeySelector: 'Name:s Key:s Optional:*',
  FileKeySelector: 'VolumeName:s Path:s Key:s Optional:*',
  ResourceRequirements: 'Limits:map Requests:map Claims:[]ResourceClaim',
  ResourceClaim: 'Name:s Request:s',
  ContainerResizePolicy: 'ResourceName:s RestartPolicy:s',
  ContainerRestartRule: 'Action:s ExitCodes:*ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'Operator:s Values:[]raw',
  VolumeMount: 'Name:s ReadOnly:b RecursiveReadOnly:* MountPath:s SubPath:s MountPropagation:* SubPathExpr:s',
  VolumeDevice: 'Name:s DevicePath:s',
  Probe:
    'Exec:*ExecAction HTTPGet:*HTTPGetAction:httpGet TCPSocket:*TCPSocketAction:tcpSocket GRPC:*GRPCAction:grpc InitialDelaySeconds:i ' +
    'TimeoutSeconds:i TerminationGracePeriodSeconds:* PeriodSeconds:i SuccessThreshold:i FailureThreshold:i',
  ExecAction: 'Command:[]raw',
  HTTPGetAction: 'Path:s Port:p Host:s Scheme:s HTTPHeaders:[]HTTPHeader:httpHeaders',
  HTTPHeader: 'Name:s Value:s',
  TCPSocketAction: 'Port:p Host:s',
  GRPCAction: 'Port:i Service:*',
  SleepAction: 'Seconds:i',
  Lifecycle: 'PostStart:*LifecycleHandler PreStop:*LifecycleHandler StopSignal:*',
  LifecycleHandler:
    'Exec:*ExecAction HTTPGet:*HTTPGetAction:httpGet TCPSocket:*TCPSocketAction:tcpSocket Sleep:*SleepAction',
  Volume:
    'Name:s HostPath:*HostPathVolumeSource EmptyDir:*EmptyDirVolumeSource GCEPersistentDisk:*:gcePersistentDisk ' +
    'AWSElasticBlockStore:*:awsElasticBlockStore GitRepo:*GitRepoVolumeSource Secret:*SecretVolumeSource NFS:*NFSVolumeSource:nfs ' +
    'ISCSI:*:iscsi Glusterfs:* PersistentVolumeClaim:*ClaimVolumeSource RBD:*:rbd Quobyte:* FlexVolume:* Cinder:* CephFS:*:cephfs ' +
    'Flocker:* DownwardAPI:*DownwardAPIVolumeSource:downwardAPI FC:*:fc AzureFile:* ConfigMap:*ConfigMapVolumeSource VsphereVolume:* ' +
    'AzureDisk:* PhotonPersistentDisk:* Projected:*ProjectedVolumeSource PortworxVolume:* ScaleIO:*:scaleIO StorageOS:*:storageos ' +
    'CSI:*CSIVolumeSource:csi Ephemeral:* Image:*ImageVolumeSource',
  HostPathVolumeSource: 'Path:s Type:*',
  EmptyDirVolumeSource: 'Medium:s SizeLimit:*',
  GitRepoVolumeSource: 'Repository:s Revision:s Directory:s',
  SecretVolumeSource: 'SecretName:s Items:[]KeyToPath DefaultMode:* Optional:*',
  NFSVolumeSource: 'Server:s Path:s ReadOnly:b',
  ClaimVolumeSource: 'ClaimName:s ReadOnly:b',
  KeyToPath: 'Key:s Path:s Mode:*',
  ConfigMapVolumeSource: 'Name:s Items:[]KeyToPath DefaultMode:* Optional:*',
  DownwardAPIVolumeSource: 'Items:[]DownwardAPIVolumeFile DefaultMode:*',
  DownwardAPIVolumeFile: 'Path:s FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector Mode:*',
  ProjectedVolumeSource: 'Sources:[]VolumeProjection DefaultMode:*',
  VolumeProjection:
    'Secret:*ReferenceProjection DownwardAPI:*DownwardAPIProjection:downwardAPI ConfigMap:*ReferenceProjection ' +
    'ServiceAccountToken:*TokenProjection ClusterTrustBundle:* PodCertificate:*',
  ReferenceProjection: 'Name:s Items:[]KeyToPath Optional:*',
  DownwardAPIProjection: 'Items:[]DownwardAPIVolumeFile',
  TokenProjection: 'Audience:s ExpirationSeconds:i Path:s',
  CSIVolumeSource:
    'Driver:s ReadOnly:* FSType:*:fsType VolumeAttributes:map NodePublishSecretRef:*LocalObjectReference',
  ImageVolumeSource: 'Reference:s PullPolicy:s',
  Affinity: 'NodeAffinity:*NodeAffinity PodAffinity:*PodAffinity PodAntiAffinity:*PodAffinity',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:*NodeSelector ' +
    'PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm',
  NodeSelector: 'NodeSelectorTerms:[]NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions:[]NodeSelectorRequirement MatchFields:[]NodeSelectorRequirement',
  NodeSelectorRequirement: 'Key:s Operator:s Values:[]raw',
  PreferredSchedulingTerm: 'Weight:i Preference:NodeSelectorTerm',
  PodAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm ' +
    'PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm',
  PodAffinityTerm:
    'LabelSelector:* Namespaces:[]raw TopologyKey:s NamespaceSelector:* MatchLabelKeys:[]raw MismatchLabelKeys:[]raw',
  WeightedPodAffinityTerm: 'Weight:i PodAffinityTerm:PodAffinityTerm',
  Toleration: 'Key:s Operator:s Value:s Effect:s TolerationSeconds:*',
  HostAlias: 'IP:s:ip Hostnames:[]raw',
  PodDNSConfig: 'Nameservers:[]raw Searches:[]raw Options:[]PodDNSConfigOption',
  PodDNSConfigOption: 'Name:s Value:*',
  PodReadinessGate: 'ConditionType:s',
  TopologySpreadConstraint:
    'MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:* MinDomains:* NodeAffinityPolicy:* NodeTaintsPolicy:* MatchLabelKeys:[]raw',
  PodOS: 'Name:s',
  PodSchedulingGate: 'Name:s',
  PodResourceClaim: 'Name:s ResourceClaimName:* ResourceClaimTemplateName:*',
  PodSchedulingGroup: 'PodGroupName:*',
  FlowSchemaSpec:
    'PriorityLevelConfiguration:PriorityLevelConfigurationReference MatchingPrecedence:i DistinguisherMethod:*FlowDistinguisherMethod ' +
    'Rules:[]PolicyRulesWithSubjects',
  PriorityLevelConfigurationReference: 'Name:s',
  FlowDistinguisherMethod: 'Type:s',
  PolicyRulesWithSubjects:
    'Subjects:[]FlowSubject ResourceRules:[]ResourcePolicyRule NonResourceRules:[]NonResourcePolicyRule',
  FlowSubject: 'Kind:s User:*NamedSubject Group:*NamedSubject ServiceAccount:*ServiceAccountSubject',
  NamedSubject: 'Name:s',
  ServiceAccountSubject: 'Namespace:s Name:s',
  ResourcePolicyRule: 'Verbs:[]raw APIGroups:[]raw:apiGroups Resources:[]raw ClusterScope:b Namespaces:[]raw',
  NonResourcePolicyRule: 'Verbs:[]raw NonResourceURLs:[]raw',
  PriorityLevelConfigurationSpec:
    'Type:s Limited:*LimitedPriorityLevelConfiguration Exempt:*ExemptPriorityLevelConfiguration',
  LimitedPriorityLevelConfiguration:
    'NominalConcurrencyShares:i LimitResponse:LimitResponse LendablePercent:* BorrowingLimitPercent:*',
  ExemptPriorityLevelConfiguration: 'NominalConcurrencyShares:* LendablePercent:*',
  LimitResponse: 'Type:s Queuing:*QueuingConfiguration',
  QueuingConfiguration: 'Queues:i HandSize:i QueueLengthLimit:i',
};
