"""The networks of keras.applications: their weights as Keras publishes them, and layers worth dreaming.

Files, their MD5 or SHA-256 and the ranges of the inputs are those that Keras 3.15 states in its own modules. For the
first two MobileNets it states no digest. Sizes are those of the convolutional part, in MB.
"""

from typing import NamedTuple


class Family(NamedTuple):
    """What the networks of one family have in common.

    `address` is that of the weights, below `HOST`, with {} for the stem of a network's file; `bare` ends the name of
    a file without classifier; `scaling` names the range of the input (`keras_applications.SCALINGS`); `smallest` is
    the smallest side of an image that it takes, in pixels; `objective` fits the layers named below: the mean for
    layers that are never negative, the mean of squares for linear ones; `classifier` says whether nothing but a
    pooling and one linear layer ends it, so that the classifier can stand at every position.
    """

    address: str
    bare: str
    scaling: str
    smallest: int
    objective: str
    classifier: bool


class Published(NamedTuple):
    """One network: the function that builds it, its weights, and layers from low to high, {} being its name."""

    family: str
    name: str
    builder: str
    megabytes: int
    stem: str
    digest: str
    classifier_digest: str
    layers: str


HOST = "https://storage.googleapis.com/"

FAMILIES = {
    "inception_v3": Family(
        "tensorflow/keras-applications/inception_v3/{}_weights_tf_dim_ordering_tf_kernels", "_notop", "tf", 75,
        "mean", True),
    "vgg16": Family(
        "tensorflow/keras-applications/vgg16/{}_weights_tf_dim_ordering_tf_kernels", "_notop", "caffe", 32,
        "mean", False),
    "vgg19": Family(
        "tensorflow/keras-applications/vgg19/{}_weights_tf_dim_ordering_tf_kernels", "_notop", "caffe", 32,
        "mean", False),
    "resnet": Family(
        "tensorflow/keras-applications/resnet/{}_weights_tf_dim_ordering_tf_kernels", "_notop", "caffe", 32,
        "mean", True),
    "resnet_v2": Family(
        "tensorflow/keras-applications/resnet/{}_weights_tf_dim_ordering_tf_kernels", "_notop", "tf", 32,
        "mean-square", True),
    "densenet": Family(
        "tensorflow/keras-applications/densenet/{}_weights_tf_dim_ordering_tf_kernels", "_notop", "torch", 32,
        "mean", True),
    "inception_resnet_v2": Family(
        "tensorflow/keras-applications/inception_resnet_v2/{}_weights_tf_dim_ordering_tf_kernels", "_notop", "tf", 75,
        "mean", True),
    "xception": Family(
        "tensorflow/keras-applications/xception/{}_weights_tf_dim_ordering_tf_kernels", "_notop", "tf", 71,
        "mean", True),
    "mobilenet": Family(
        "tensorflow/keras-applications/mobilenet/mobilenet_{}_tf", "_no_top", "tf", 32,
        "mean", False),
    "mobilenet_v2": Family(
        "tensorflow/keras-applications/mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{}", "_no_top",
        "tf", 32, "mean", True),
    "mobilenet_v3": Family(
        "tensorflow/keras-applications/mobilenet_v3/weights_mobilenet_v3_{}_float", "_no_top_v2", "inside", 32,
        "mean-square", False),
    "nasnet": Family(
        "tensorflow/keras-applications/nasnet/{}", "-no-top", "nasnet", 33,
        "mean-square", True),
    "efficientnet": Family(
        "keras-applications/{}", "_notop", "efficientnet", 32,
        "mean", True),
    "efficientnet_v2": Family(
        "tensorflow/keras-applications/efficientnet_v2/{}", "_notop", "inside", 32,
        "mean", True),
    "convnext": Family(
        "tensorflow/keras-applications/convnext/{}", "_notop", "inside", 32,
        "mean", False),
}

PUBLISHED = (
    Published("inception_v3", "inception_v3", "InceptionV3", 87, "inception_v3",
              "bcbd6486424b2319ff4ef7d526e38f63", "9a0d58056eeedaa3f26cb7ebd46da564",
              "mixed0 mixed3 mixed5"),
    Published("vgg16", "vgg16", "VGG16", 59, "vgg16",
              "6d6bbae143d832006294945121d1f1fc", "64373286793e3c8b2b4e3219cbf3544b",
              "block3_conv3 block4_conv3 block5_conv3"),
    Published("vgg19", "vgg19", "VGG19", 80, "vgg19",
              "253f8cb515780f3b799900260a226db6", "cbe5617147190e668d6c5d5026f83318",
              "block3_conv4 block4_conv4 block5_conv4"),
    Published("resnet", "resnet50", "ResNet50", 94, "resnet50",
              "4d473c1dd8becc155b73f8504c6f6626", "2cb95161c43110f7111970584f804107",
              "conv3_block4_out conv4_block3_out conv4_block6_out"),
    Published("resnet", "resnet101", "ResNet101", 171, "resnet101",
              "88cf7a10940856eca736dc7b7e228a21", "f1aeb4b969a6efcfb50fad2f0c20cfc5",
              "conv3_block4_out conv4_block11_out conv4_block23_out"),
    Published("resnet", "resnet152", "ResNet152", 233, "resnet152",
              "ee4c566cf9a93f14d82f913c2dc6dd0c", "100835be76be38e30d865e96f2aaae62",
              "conv3_block8_out conv4_block18_out conv4_block36_out"),
    Published("resnet_v2", "resnet50_v2", "ResNet50V2", 94, "resnet50v2",
              "fac2f116257151a9d068a22e544a4917", "3ef43a0b657b3be2300d5770ece849e0",
              "conv3_block4_out conv4_block3_out conv4_block6_out"),
    Published("resnet_v2", "resnet101_v2", "ResNet101V2", 171, "resnet101v2",
              "c0ed64b8031c3730f411d2eb4eea35b5", "6343647c601c52e1368623803854d971",
              "conv3_block4_out conv4_block11_out conv4_block23_out"),
    Published("resnet_v2", "resnet152_v2", "ResNet152V2", 233, "resnet152v2",
              "ed17cf2e0169df9d443503ef94b23b33", "a49b44d1979771252814e80f8ec446f9",
              "conv3_block8_out conv4_block18_out conv4_block36_out"),
    Published("densenet", "densenet121", "DenseNet121", 28, "densenet121",
              "30ee3e1110167f948a6b9946edeeb738", "9d60b8095a5708f2dcce2bca79d332c7",
              "pool2_relu pool3_relu pool4_relu"),
    Published("densenet", "densenet169", "DenseNet169", 51, "densenet169",
              "b8c4d4c20dd625c148057b9ff1c1176b", "d699b8f76981ab1b30698df4c175e90b",
              "pool2_relu pool3_relu pool4_relu"),
    Published("densenet", "densenet201", "DenseNet201", 73, "densenet201",
              "c13680b51ded0fb44dff2d8f86ac8bb1", "1ceb130c1ea1b78c3bf6114dbdfd8807",
              "pool2_relu pool3_relu pool4_relu"),
    Published("inception_resnet_v2", "inception_resnet_v2", "InceptionResNetV2", 217, "inception_resnet_v2",
              "d19885ff4a710c122648d3b5c3b684e4", "e693bd0210a403b3192acc6073ad2e96",
              "block35_10_ac block17_10_ac block17_20_ac"),
    Published("xception", "xception", "Xception", 83, "xception",
              "b0042744bf5b25fce3cb969f33bebb97", "0a58e3b7378bc2990ea3b43d5981f1f6",
              "block4_sepconv2_act block8_sepconv3_act block13_sepconv2_act"),
    Published("mobilenet", "mobilenet", "MobileNet", 13, "1_0_224",
              "", "",
              "conv_pw_4_relu conv_pw_7_relu conv_pw_11_relu"),
    Published("mobilenet_v2", "mobilenet_v2", "MobileNetV2", 9, "1.0_224",
              "", "",
              "block_4_expand_relu block_8_expand_relu block_12_expand_relu"),
    Published("mobilenet_v3", "mobilenet_v3_small", "MobileNetV3Small", 4, "small_224_1.0",
              "d3e8ec802a04aa4fc771ee12a9a9b836", "8768d4c2e7dee89b9d02b2d03d65d862",
              "expanded_conv_2_add expanded_conv_5_add expanded_conv_7_add"),
    Published("mobilenet_v3", "mobilenet_v3_large", "MobileNetV3Large", 12, "large_224_1.0",
              "07fb09a5933dd0c8eaafa16978110389", "59e551e166be033d707958cf9e29a6a7",
              "expanded_conv_4_add expanded_conv_8_add expanded_conv_11_add"),
    Published("nasnet", "nasnet_mobile", "NASNetMobile", 17, "NASNet-mobile",
              "1ed92395b5b598bdda52abe5c0dbfd63", "020fb642bf7360b370c678b08e0adf61",
              "normal_concat_3 normal_concat_6 normal_concat_8"),
    Published("nasnet", "nasnet_large", "NASNetLarge", 340, "NASNet-large",
              "d81d89dc07e6e56530c4e77faddd61b5", "11577c9a518f0070763c2b964a382f17",
              "normal_concat_5 normal_concat_9 normal_concat_12"),
    Published("efficientnet", "efficientnet_b0", "EfficientNetB0", 16, "efficientnetb0",
              "50bc09e76180e00e4465e1a485ddc09d", "902e53a9f72be733fc0bcb005b3ebbac",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet", "efficientnet_b1", "EfficientNetB1", 26, "efficientnetb1",
              "74c4e6b3e1f6a1eea24c589628592432", "1d254153d4ab51201f1646940f018540",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet", "efficientnet_b2", "EfficientNetB2", 31, "efficientnetb2",
              "111f8e2ac8aa800a7a99e3239f7bfb39", "b15cce36ff4dcbd00b6dd88e7857a6ad",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet", "efficientnet_b3", "EfficientNetB3", 43, "efficientnetb3",
              "af6d107764bb5b1abb91932881670226", "ffd1fdc53d0ce67064dc6a9c7960ede0",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet", "efficientnet_b4", "EfficientNetB4", 71, "efficientnetb4",
              "ebc24e6d6c33eaebbd558eafbeedf1ba", "18c95ad55216b8f92d7e70b3a046e2fc",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet", "efficientnet_b5", "EfficientNetB5", 114, "efficientnetb5",
              "38879255a25d3c92d5e44e04ae6cec6f", "ace28f2a6363774853a83a0b21b9421a",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet", "efficientnet_b6", "EfficientNetB6", 164, "efficientnetb6",
              "9ecce42647a20130c1f39a5d4cb75743", "165f6e37dce68623721b423839de8be5",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet", "efficientnet_b7", "EfficientNetB7", 256, "efficientnetb7",
              "cbcfe4450ddf6f3ad90b1b398090fe4a", "8c03f828fec3ef71311cd463b6759d99",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet_v2", "efficientnet_v2_b0", "EfficientNetV2B0", 24, "efficientnetv2-b0",
              "893217f2bb855e2983157299931e43ff", "21ecbf6da12460d5c40bb2f29ceb2188",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet_v2", "efficientnet_v2_b1", "EfficientNetV2B1", 28, "efficientnetv2-b1",
              "0e80663031ca32d657f9caa404b6ec37", "069f0534ff22adf035c89e2d9547a9dc",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet_v2", "efficientnet_v2_b2", "EfficientNetV2B2", 35, "efficientnetv2-b2",
              "1dfe2e7a5d45b6632553a8961ea609eb", "424e49f28180edbde1e94797771950a7",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet_v2", "efficientnet_v2_b3", "EfficientNetV2B3", 52, "efficientnetv2-b3",
              "f6abf7b5849ac99a89b50dd3fd532856", "1f1fc43bd98a6e4fd8fdfd551e02c7a0",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet_v2", "efficientnet_v2_s", "EfficientNetV2S", 81, "efficientnetv2-s",
              "af0682fb74e8c54910f2d4393339c070", "e1d88a8495beba45748fedd0cecbe016",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet_v2", "efficientnet_v2_m", "EfficientNetV2M", 213, "efficientnetv2-m",
              "1b8dc055df72dde80d614482840fe342", "a3bf6aa3276309f4fc6a34aa114c95cd",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("efficientnet_v2", "efficientnet_v2_l", "EfficientNetV2L", 471, "efficientnetv2-l",
              "b0b66b5c863aef5b46e8608fe1711615", "27e6d408b53c7ebc868fefa357689935",
              "block3b_expand_activation block4b_expand_activation block5b_expand_activation"),
    Published("convnext", "convnext_tiny", "ConvNeXtTiny", 111, "convnext_tiny",
              "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
              "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
              "{}_stage_1_block_2_gelu {}_stage_2_block_4_gelu {}_stage_2_block_8_gelu"),
    Published("convnext", "convnext_small", "ConvNeXtSmall", 198, "convnext_small",
              "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
              "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
              "{}_stage_1_block_2_gelu {}_stage_2_block_13_gelu {}_stage_2_block_26_gelu"),
    Published("convnext", "convnext_base", "ConvNeXtBase", 350, "convnext_base",
              "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
              "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
              "{}_stage_1_block_2_gelu {}_stage_2_block_13_gelu {}_stage_2_block_26_gelu"),
    Published("convnext", "convnext_large", "ConvNeXtLarge", 785, "convnext_large",
              "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
              "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
              "{}_stage_1_block_2_gelu {}_stage_2_block_13_gelu {}_stage_2_block_26_gelu"),
    Published("convnext", "convnext_xlarge", "ConvNeXtXLarge", 1393, "convnext_xlarge",
              "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
              "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
              "{}_stage_1_block_2_gelu {}_stage_2_block_13_gelu {}_stage_2_block_26_gelu"),
)
