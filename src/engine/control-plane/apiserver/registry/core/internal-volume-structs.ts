/**
 * The structs of upstream's internal API of volumes and claims, in the form explained at `internalForm`.
 * @upstream pkg/apis/core/types.go
 */
export const internalVolumeStructs: { readonly [struct: string]: string } = {
  PersistentVolumeClaimSpec:
    'AccessModes:[]raw Selector:* Resources:VolumeResourceRequirements VolumeName:s StorageClassName:* VolumeMode:* ' +
    'DataSource:*TypedLocalObjectReference DataSourceRef:*TypedObjectReference VolumeAttributesClassName:*',
  VolumeResourceRequirements: 'Limits:map Requests:map',
  TypedLocalObjectReference: 'APIGroup:*:apiGroup Kind:s Name:s',
  TypedObjectReference: 'APIGroup:*:apiGroup Kind:s Name:s Namespace:*',
  VolumeNodeAffinity: 'Required:*NodeSelector',
  PersistentVolumeSource:
    'GCEPersistentDisk:*GCEPersistentDiskVolumeSource:gcePersistentDisk ' +
    'AWSElasticBlockStore:*AWSElasticBlockStoreVolumeSource:awsElasticBlockStore HostPath:*HostPathVolumeSource ' +
    'Glusterfs:*GlusterfsPersistentVolumeSource NFS:*NFSVolumeSource:nfs RBD:*RBDPersistentVolumeSource:rbd Quobyte:*QuobyteVolumeSource ' +
    'ISCSI:*ISCSIPersistentVolumeSource:iscsi FlexVolume:*FlexPersistentVolumeSource Cinder:*CinderPersistentVolumeSource ' +
    'CephFS:*CephFSPersistentVolumeSource:cephfs FC:*FCVolumeSource:fc Flocker:*FlockerVolumeSource ' +
    'AzureFile:*AzureFilePersistentVolumeSource VsphereVolume:*VsphereVirtualDiskVolumeSource AzureDisk:*AzureDiskVolumeSource ' +
    'PhotonPersistentDisk:*PhotonPersistentDiskVolumeSource PortworxVolume:*PortworxVolumeSource ' +
    'ScaleIO:*ScaleIOPersistentVolumeSource:scaleIO Local:*LocalVolumeSource StorageOS:*StorageOSPersistentVolumeSource:storageos ' +
    'CSI:*CSIPersistentVolumeSource:csi',
  GCEPersistentDiskVolumeSource: 'PDName:s:pdName FSType:s:fsType Partition:i ReadOnly:b',
  AWSElasticBlockStoreVolumeSource: 'VolumeID:s FSType:s:fsType Partition:i ReadOnly:b',
  GlusterfsPersistentVolumeSource: 'EndpointsName:s:endpoints Path:s ReadOnly:b EndpointsNamespace:*',
  RBDPersistentVolumeSource:
    'CephMonitors:[]raw:monitors RBDImage:s:image FSType:s:fsType RBDPool:s:pool RadosUser:s:user Keyring:s SecretRef:*SecretReference ReadOnly:b',
  QuobyteVolumeSource: 'Registry:s Volume:s ReadOnly:b User:s Group:s Tenant:s',
  ISCSIPersistentVolumeSource:
    'TargetPortal:s IQN:s:iqn Lun:i ISCSIInterface:s:iscsiInterface FSType:s:fsType ReadOnly:b Portals:[]raw ' +
    'DiscoveryCHAPAuth:b:chapAuthDiscovery SessionCHAPAuth:b:chapAuthSession SecretRef:*SecretReference InitiatorName:*',
  FlexPersistentVolumeSource: 'Driver:s FSType:s:fsType SecretRef:*SecretReference ReadOnly:b Options:map',
  CinderPersistentVolumeSource: 'VolumeID:s FSType:s:fsType ReadOnly:b SecretRef:*SecretReference',
  CephFSPersistentVolumeSource: 'Monitors:[]raw Path:s User:s SecretFile:s SecretRef:*SecretReference ReadOnly:b',
  FCVolumeSource: 'TargetWWNs:[]raw Lun:* FSType:s:fsType ReadOnly:b WWIDs:[]raw:wwids',
  FlockerVolumeSource: 'DatasetName:s DatasetUUID:s',
  AzureFilePersistentVolumeSource: 'SecretName:s ShareName:s ReadOnly:b SecretNamespace:*',
  VsphereVirtualDiskVolumeSource: 'VolumePath:s FSType:s:fsType StoragePolicyName:s StoragePolicyID:s',
  AzureDiskVolumeSource: 'DiskName:s DataDiskURI:s:diskURI CachingMode:* FSType:*:fsType ReadOnly:* Kind:*',
  PhotonPersistentDiskVolumeSource: 'PdID:s FSType:s:fsType',
  PortworxVolumeSource: 'VolumeID:s FSType:s:fsType ReadOnly:b',
  ScaleIOPersistentVolumeSource:
    'Gateway:s System:s SecretRef:*SecretReference SSLEnabled:b:sslEnabled ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s ' +
    'FSType:s:fsType ReadOnly:b',
  LocalVolumeSource: 'Path:s FSType:*:fsType',
  StorageOSPersistentVolumeSource:
    'VolumeName:s VolumeNamespace:s FSType:s:fsType ReadOnly:b SecretRef:*ObjectReference',
  CSIPersistentVolumeSource:
    'Driver:s VolumeHandle:s ReadOnly:b FSType:s:fsType VolumeAttributes:map ControllerPublishSecretRef:*SecretReference ' +
    'NodeStageSecretRef:*SecretReference NodePublishSecretRef:*SecretReference ControllerExpandSecretRef:*SecretReference ' +
    'NodeExpandSecretRef:*SecretReference',
  PersistentVolumeSpec:
    'Capacity:map AccessModes:[]raw ClaimRef:*ObjectReference PersistentVolumeReclaimPolicy:s StorageClassName:s MountOptions:[]raw ' +
    'VolumeMode:* NodeAffinity:*VolumeNodeAffinity VolumeAttributesClassName:*',
};
